/** The certificate wizard as somebody answers it; a scripted person in place of the terminal. */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import type { Question } from '../../../src/commands/host/question.ts';
import requestCertificate from '../../../src/commands/request-certificate.ts';
import startCertificateWizard from '../../../src/commands/start-certificate-wizard.ts';
import { emptyConfiguration } from '../../../src/config/defaults.ts';
import type { DomainName } from '../../../src/primitives/domain-name.ts';
import { openKeyStore } from '../../../src/store/key-store.ts';
import { openConfigStore } from '../../../src/store/open-config-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { runCmdlet } from '../support/recording-context.ts';

async function newStore(): Promise<string> {
  const folder = temporaryFolder();
  const domain = (name: string, isDefault: boolean) => ({ [name]: { identity: name as DomainName, isDefault } });
  await openConfigStore(folder).update({
    cmdlet: 'Test',
    target: 'x',
    lockTimeoutMs: 5000,
    apply: () => ({
      ...emptyConfiguration,
      sipDomains: { ...domain('contoso.example', true), ...domain('fabrikam.example', false) },
      gateway: { ...emptyConfiguration.gateway, accessEdgeFqdn: 'sip.contoso.example', useSystemRoots: false },
    }),
  });
  return folder;
}

const esc = undefined;

/** Nobody answers more: a wizard that asks on and on ends its test instead of the run. The longest here asks some sixty. */
const patience = 300;

/** Presses Enter at every question but those named, whose answers are given one after the other. Refused answers end the test. */
function person(answers: Readonly<Record<string, readonly (string | undefined)[]>>) {
  const asked: string[] = [];
  const left = new Map(Object.entries(answers).map(([name, list]) => [name, [...list]]));
  const ask = (question: Question): string | undefined => {
    const name = /\(-(\w+)\)$/.exec(question.message)?.[1] ?? question.message;
    asked.push(name);
    if (asked.length > patience) throw new Error(`asked ${patience} times, at last for ${name}`);
    const list = left.get(name);
    const answer = list !== undefined && list.length > 0 ? list.shift() : question.initial;
    if (answer === undefined) return undefined;
    const refusal = question.choices ? undefined : question.refuse?.(answer);
    if (refusal !== undefined) throw new Error(`${name} "${answer}": ${refusal}`);
    if (question.choices && !question.choices.some(({ value }) => value === answer))
      throw new Error(`${name} has no choice ${answer}`);
    return answer;
  };
  return { asked, ask };
}

const commandIn = (said: readonly string[]): string =>
  said.flatMap((line) => line.trim().split('\n')).findLast((line) => line.startsWith('xgw ')) ?? '';

describe('start-certificatewizard', () => {
  it('goes through the twelve pages in order and performs the command line that it shows', async () => {
    const folder = await newStore();
    const output = path.join(folder, 'edge.csr');
    const { ask } = person({
      Task: ['create'],
      Output: [output],
      KeyAlg: ['ECDSA_P256'],
      Organization: ['Contoso, Ltd.'],
      Country: ['tw'],
      DomainName: ['contoso.example, fabrikam.example, chat.contoso.example, chat.contoso.example'],
    });
    const { said, objects } = await runCmdlet(startCertificateWizard, {}, { folder, ask });
    const titles = said.flatMap((line) => /^Step (\d+ of 12): ([^(]*)/.exec(line.trim())?.slice(1) ?? []);
    expect(titles.map((title) => title.trim())).toEqual([
      ...['1 of 12', 'Available Certificate Tasks'],
      ...['2 of 12', 'Certificate Request'],
      ...['3 of 12', 'Delayed or Immediate Requests'],
      ...['4 of 12', 'Certificate Request File'],
      ...['5 of 12', 'Specify Alternate Certificate Template'],
      ...['6 of 12', 'Name and Security'],
      ...['7 of 12', 'Organization Information'],
      ...['8 of 12', 'Geographical Information'],
      ...['9 of 12', 'Subject Name and Subject Alternative Names'],
      ...['10 of 12', 'SIP Domain Setting on Subject Alternative Names'],
      ...['11 of 12', 'Configure Additional Subject Alternative Names'],
      ...['12 of 12', 'Certificate Request Summary'],
    ]);
    expect(commandIn(said)).toBe(
      `xgw request-certificate -New -Type ExternalEdge -Output ${output} -FriendlyName 'XMPP external edge' -KeyAlg ECDSA_P256 -PrivateKeyExportable true -Organization 'Contoso, Ltd.' -Country tw -ComputerFqdn sip.contoso.example -AllSipDomain -DomainName chat.contoso.example`,
    );
    expect(objects).toEqual([expect.objectContaining({ RequestId: 1, Status: 'Pending', Path: output })]);
    expect(readFileSync(output, 'utf8')).toContain('BEGIN NEW CERTIFICATE REQUEST');
    const sans = objects.flatMap((object) => object['SubjectAlternativeNames'] as { Name: string }[]);
    const names = sans.map(({ Name }) => Name);
    expect(names).toEqual([
      'DNS:sip.contoso.example',
      'DNS:sip.fabrikam.example',
      'DNS:contoso.example',
      'DNS:fabrikam.example',
      'DNS:chat.contoso.example',
    ]);
  });

  it('shows why each name is there before it asks for more', async () => {
    const folder = await newStore();
    const { ask } = person({ Task: ['create'], CA: ['local'], KeyAlg: ['ECDSA_P256'] });
    const { said } = await runCmdlet(startCertificateWizard, {}, { folder, ask });
    expect(said.join('\n')).toMatch(/DNS:contoso\.example\s+XMPP partners check the domain contoso\.example itself/);
  });

  it('with -WhatIf makes no key and no file, and says so in the command line', async () => {
    const folder = await newStore();
    const output = path.join(folder, 'edge.csr');
    const { ask } = person({ Task: ['create'], Output: [output] });
    const { said, objects } = await runCmdlet(startCertificateWizard, {}, { folder, ask, whatIf: true });
    expect(commandIn(said)).toMatch(/-WhatIf$/);
    expect(objects[0]).toMatchObject({ RequestId: null, PublicKeySha256: null });
    expect([existsSync(output), openKeyStore(folder).keyNames()]).toEqual([false, []]);
  });

  it('goes back with Esc, and the answers given meanwhile are still there', async () => {
    const folder = await newStore();
    const { ask, asked } = person({
      Task: ['create'],
      CA: ['local'],
      KeyAlg: ['ECDSA_P256'],
      FriendlyName: ['First', 'Second'],
      Organization: ['Contoso', esc],
      PrivateKeyExportable: ['true', esc],
      OU: [esc],
    });
    const { said } = await runCmdlet(startCertificateWizard, {}, { folder, ask });
    expect(asked.filter((name) => name === 'OU')).toHaveLength(2);
    expect(commandIn(said)).toContain('-Organization Contoso');
    expect(commandIn(said)).toContain('-FriendlyName First');
  });

  it('does one page again from the summary, and asks nothing else again', async () => {
    const folder = await newStore();
    const { ask, asked } = person({
      Task: ['create'],
      CA: ['local'],
      KeyAlg: ['ECDSA_P256'],
      'What now': ['Edit step', 'Request'],
      'Which page': ['Organization Information'],
      Organization: ['Contoso', 'Fabrikam'],
    });
    const { said } = await runCmdlet(startCertificateWizard, {}, { folder, ask });
    expect(asked.slice(asked.indexOf('Which page') + 1)).toEqual(['Organization', 'OU', 'What now']);
    expect(commandIn(said)).toContain('-Organization Fabrikam');
  });

  it('saves the command line as a script, and still does nothing', async () => {
    const folder = await newStore();
    const script = path.join(folder, 'request.sh');
    const { ask } = person({
      Task: ['create'],
      CA: ['local'],
      'What now': ['Save as script', 'Cancel'],
      'File for the script': [script],
    });
    const running = runCmdlet(startCertificateWizard, {}, { folder, ask });
    await expect(running).rejects.toMatchObject({ id: 'Interrupted' });
    expect(readFileSync(script, 'utf8')).toMatch(
      /^#!\/bin\/sh\nxgw request-certificate -New -Type ExternalEdge -CA local/,
    );
    expect(openKeyStore(folder).keyNames()).toEqual([]);
  });

  it('offers an unfinished request first, and completes it', async () => {
    const folder = await newStore();
    const output = path.join(folder, 'edge.csr');
    await runCmdlet(requestCertificate, { Output: output, KeyAlg: 'ECDSA_P256', FriendlyName: 'Edge' }, { folder });
    const returned = path.join(folder, 'returned.pem');
    writeFileSync(returned, 'nothing');
    const { ask, asked } = person({ Path: [returned] });
    const wizard = runCmdlet(startCertificateWizard, {}, { folder, ask });
    await expect(wizard).rejects.toMatchObject({ id: 'CertificateUnreadable' });
    expect(asked).toEqual(['Task', 'Path', 'Type']);
  });

  it('shows the request that was made, decoded from the request itself', async () => {
    const folder = await newStore();
    const { ask } = person({
      Task: ['create'],
      Output: [path.join(folder, 'edge.csr')],
      KeyAlg: ['ECDSA_P256'],
      'Certificate Request File': ['View'],
    });
    const { said } = await runCmdlet(startCertificateWizard, {}, { folder, ask });
    expect(said.join('\n')).toMatch(/Subject\s+CN=sip\.contoso\.example/);
    expect(said.join('\n')).toMatch(/SignatureValid\s+True/);
  });

  it.each([
    ['Output', './no such folder/edge.csr', /no folder for .*Example: \.\/cert_external_edge\.csr/],
    ['KeySize', '1024', /too few: .*Example: 2048/],
    ['Country', 'Taiwan', /two letters such as TW, not "Taiwan"\. Example: TW/],
    ['DomainName', 'foo..bar', /not a domain name\. Example: /],
    ['ComputerFqdn', 'edge', /one label only.*Example: sip\.contoso\.com/],
    ['FriendlyName', '', /such as XMPP external edge/],
  ])('refuses %s %j with the rule and an example', async (parameter, answer, sentence) => {
    const folder = await newStore();
    const { ask } = person({ Task: ['create'], [parameter]: [answer] });
    await expect(runCmdlet(startCertificateWizard, {}, { folder, ask })).rejects.toThrow(sentence);
  });

  it('asks before it overwrites a file, and the default is another name', async () => {
    const folder = await newStore();
    const output = path.join(folder, 'edge.csr');
    writeFileSync(output, 'precious');
    const other = path.join(folder, 'other.cer');
    const { ask, asked } = person({ Task: ['create'], Output: [output, other], KeyAlg: ['ECDSA_P256'] });
    const { said } = await runCmdlet(startCertificateWizard, {}, { folder, ask });
    expect(asked.filter((name) => name === 'Output' || name === 'Force')).toEqual(['Output', 'Force', 'Output']);
    expect(readFileSync(output, 'utf8')).toBe('precious');
    expect(said.join('\n')).toContain('other.cer will be a request, not a certificate.');
  });

  it('fills in the XMPP domains; one that is taken out is left out of the certificate, and it says what that means', async () => {
    const folder = await newStore();
    const { ask, asked } = person({
      Task: ['create'],
      CA: ['local'],
      KeyAlg: ['ECDSA_P256'],
      AllSipDomain: ['default'],
      DomainName: ['contoso.example, *.chat.contoso.example'],
    });
    const { said, objects } = await runCmdlet(startCertificateWizard, {}, { folder, ask });
    expect(asked).toContain('DomainName');
    expect(said.join('\n')).toContain('Without fabrikam.example XMPP partners refuse the certificate there.');
    expect(said.join('\n')).toContain('*.chat.contoso.example: a wildcard reaches one level only');
    expect(commandIn(said)).toMatch(
      /-NoDefaultSan -SipDomain contoso\.example -DomainName 'contoso\.example,\*\.chat\.contoso\.example'$/,
    );
    expect(objects[0]?.['SubjectAlternativeNames']).toEqual([
      'DNS:sip.contoso.example',
      'DNS:contoso.example',
      'DNS:*.chat.contoso.example',
    ]);
  });

  it('offers to make a SIP domain where there is none, makes it with the request, and with -WhatIf neither', async () => {
    const folder = temporaryFolder();
    const answers = {
      Task: ['create'],
      CA: ['local'],
      KeyAlg: ['ECDSA_P256'],
      ComputerFqdn: ['edge.contoso.example'],
      Identity: ['contoso.example'],
    };
    const tried = await runCmdlet(startCertificateWizard, {}, { folder, ask: person(answers).ask, whatIf: true });
    expect(openConfigStore(folder).read().sipDomains).toEqual({});
    expect(tried.objects[0]?.['SubjectAlternativeNames']).toContainEqual(
      expect.objectContaining({ Name: 'DNS:contoso.example' }),
    );
    const { said, objects } = await runCmdlet(startCertificateWizard, {}, { folder, ask: person(answers).ask });
    expect(said.join('\n')).toContain('xgw new-sipdomain contoso.example\nxgw request-certificate -New');
    expect(openConfigStore(folder).read().sipDomains).toHaveProperty(['contoso.example']);
    expect(objects).toEqual([
      expect.objectContaining({
        SubjectAlternativeNames: ['DNS:edge.contoso.example', 'DNS:sip.contoso.example', 'DNS:contoso.example'],
      }),
    ]);
  });

  it('asks for a file with a passphrase, and the key rests encrypted', async () => {
    const folder = await newStore();
    const pass = path.join(folder, 'pass');
    writeFileSync(pass, 'correct horse\n', { mode: 0o600 });
    const { ask } = person({
      Task: ['create'],
      CA: ['local'],
      KeyAlg: ['ECDSA_P256'],
      EncryptKey: ['yes'],
      KeyPassphraseFile: [pass],
    });
    const { objects } = await runCmdlet(startCertificateWizard, {}, { folder, ask });
    expect(openKeyStore(folder).isKeyEncrypted(String(objects[0]?.['PublicKeySha256']))).toBe(true);
    const { ask: wrong } = person({ Task: ['create'], EncryptKey: ['yes'], KeyPassphraseFile: ['./no such file'] });
    await expect(runCmdlet(startCertificateWizard, {}, { folder, ask: wrong })).rejects.toThrow('There is no file');
  });

  describe('that was left unfinished', () => {
    const draftIn = (folder: string): string => path.join(folder, 'state', 'request-certificate.draft.json');

    /** Somebody whose terminal is gone at this question. */
    async function left(folder: string, at: string): Promise<void> {
      const { ask } = person({ Task: ['create'], CA: ['local'], KeyAlg: ['ECDSA_P256'], Organization: ['Contoso'] });
      const gone = (question: Question): string | undefined => {
        if (question.message.includes(`(-${at})`)) throw new Error('gone');
        return ask(question);
      };
      await expect(runCmdlet(startCertificateWizard, {}, { folder, ask: gone })).rejects.toThrow('gone');
    }

    it('goes on with the next question, and the answers before count', async () => {
      const folder = await newStore();
      await left(folder, 'Country');
      expect((statSync(draftIn(folder)).mode & 0o777).toString(8)).toBe('600');
      const { ask, asked } = person({});
      const { said, objects } = await runCmdlet(startCertificateWizard, {}, { folder, ask });
      expect(asked.slice(0, 2)).toEqual([expect.stringContaining('Continue where you left off'), 'Country']);
      expect(said[2]).toContain('Step 8 of 12: Geographical Information');
      expect(commandIn(said)).toContain('-KeyAlg ECDSA_P256');
      expect(objects[0]).toMatchObject({ Subject: 'CN=sip.contoso.example, O=Contoso' });
      expect(existsSync(draftIn(folder))).toBe(false);
    });

    it('begins anew when that is wanted, and when it was cancelled at the summary', async () => {
      const folder = await newStore();
      await left(folder, 'Country');
      const anew = person({ Task: ['create'], 'What now': ['Cancel'] });
      const ask = (question: Question): string | undefined =>
        question.message.includes('left off') ? 'Start anew' : anew.ask(question);
      await expect(runCmdlet(startCertificateWizard, {}, { folder, ask })).rejects.toMatchObject({ id: 'Interrupted' });
      expect(anew.asked.slice(0, 2)).toEqual(['Task', 'Type']);
      expect(existsSync(draftIn(folder))).toBe(false);
    });

    it.each(['{"Type":"Nonsense","KeySize":7}', '[1]', 'not JSON', '{}'])(
      'with a damaged file %s asks again',
      async (text) => {
        const folder = await newStore();
        await left(folder, 'Country');
        writeFileSync(draftIn(folder), text);
        const { ask, asked } = person({ Task: ['create'], CA: ['local'], KeyAlg: ['ECDSA_P256'] });
        await runCmdlet(startCertificateWizard, {}, { folder, ask });
        expect(asked).toEqual(expect.arrayContaining(['Type', 'CA', 'Organization', 'Country', 'What now']));
      },
    );

    it('is not kept with -WhatIf, and costs only a warning where the store cannot be written', async () => {
      const folder = await newStore();
      const ask = () => person({ Task: ['create'], CA: ['local'], KeyAlg: ['ECDSA_P256'] }).ask;
      await runCmdlet(startCertificateWizard, {}, { folder, ask: ask(), whatIf: true });
      expect(existsSync(path.join(folder, 'state'))).toBe(false);
      mkdirSync(draftIn(folder), { recursive: true });
      const { warnings, objects } = await runCmdlet(startCertificateWizard, {}, { folder, ask: ask() });
      expect(warnings.filter((each) => each.includes('would not survive a crash'))).toHaveLength(1);
      expect(objects).toHaveLength(1);
    });
  });

  it('names what is missing where nobody can be asked', async () => {
    const folder = await newStore();
    const running = runCmdlet(startCertificateWizard, {}, { folder });
    await expect(running).rejects.toMatchObject({
      id: 'MandatoryParameterMissing',
      reason: expect.stringContaining('-Output or -CA'),
    });
  });
});

describe('request-certificate without arguments', () => {
  it('is the wizard on a terminal', async () => {
    const folder = await newStore();
    const { ask, asked } = person({ Task: ['create'], CA: ['local'], KeyAlg: ['ECDSA_P256'] });
    const { objects } = await runCmdlet(requestCertificate, {}, { folder, ask });
    expect(asked[0]).toBe('Task');
    expect(objects[0]).toMatchObject({ LocalTestCa: true, AssignedTo: ['ExternalEdge'] });
  });

  it('with any argument asks nothing', async () => {
    const folder = await newStore();
    const { ask, asked } = person({});
    await runCmdlet(requestCertificate, { CA: 'local', KeyAlg: 'ECDSA_P256' }, { folder, ask });
    expect(asked).toEqual([]);
  });
});
