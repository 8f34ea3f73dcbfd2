import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { htmlToText } from '../../../../src/gateway/sip/bodies/html-text.ts';

describe('the text of an HTML body', () => {
  it.each<[string, string, string]>([
    ['tags are left out', '<b>bold</b> and <a href="https://x.example?a>b">link</a>', 'bold and link'],
    ['line breaks stay', 'one<br>two<BR/>three', 'one\ntwo\nthree'],
    ['paragraphs are lines', '<html><body><p>one</p><p>two</p></body></html>', 'one\ntwo'],
    ['lists are lines', '<ul><li>one</li><li>two</li></ul>', '- one\n- two'],
    ['cells keep their distance', '<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>', 'a b\nc'],
    ['white space is one blank', ' a \r\n\t b<span> c</span>', 'a b c'],
    ['no-break spaces are blanks', 'a&nbsp;&nbsp;b', 'a  b'],
    ['named references', '&lt;b&gt; &amp;amp; &quot;Gr&uuml;&szlig;e&quot; &euro; &hellip;', '<b> &amp; "Grüße" € …'],
    ['numbers', '&#8364; &#x1F600; &#146;', '€ 😀 ’'],
    ['what is no character', '&#0;&#xD800;&#1114112;', '\ufffd\ufffd\ufffd'],
    ['unknown references stay', '&bogus; &constructor; AT&T &amp', '&bogus; &constructor; AT&T &amp'],
    ['comments and declarations', '<!DOCTYPE html><?xml?><!-- <b>no</b> -->yes', 'yes'],
    ['scripts and styles', '<style>p{}</style><script>if (a<b) "</p>"</script >yes<title>no</title>', 'yes'],
    ['a script without end', 'yes<script>no', 'yes'],
    ['a tag without end', 'yes<b class="no', 'yes'],
    ['quotes without end do not swallow the text', "<p don't>yes", 'yes'],
    ['a sign that is no tag', '1 < 2 and 3 > 2 <3 <', '1 < 2 and 3 > 2 <3 <'],
  ])('%s', (_title, html, text) => expect(htmlToText(html)).toBe(text));

  it('has no tag left, whatever was there', () => {
    const word = fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '<b',
      '</',
      '<!--',
      '-->',
      '<script',
      '&',
      ';',
      '&lt',
      'a',
      ' ',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(word), (words) => {
        expect(htmlToText(words.join(''))).not.toMatch(/<script/);
      }),
    );
  });

  it.each(['<', '<b ', '<b "', '<b \'"', '<!--', '<script>', '<li>', '<p>&nbsp;', 'a<b>', '&#', '& ', '<td>', '</'])(
    'ends in a number of steps that grows with its length: %s repeated',
    (piece) => {
      // A quadratic pass over 300,000 characters would not end within the time of a test.
      expect(htmlToText(piece.repeat(300_000 / piece.length)).length).toBeLessThanOrEqual(600_001);
    },
  );
});
