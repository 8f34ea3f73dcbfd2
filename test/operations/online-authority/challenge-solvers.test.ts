import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';

import { describe, expect, it } from '@jest/globals';

import { acmeIdentifierCertificate } from '../../../src/certificates/acme-identifier-certificate.ts';
import { dnsByHand } from '../../../src/operations/online-authority/acme/dns-by-hand.ts';
import { dnsHook } from '../../../src/operations/online-authority/acme/dns-hook.ts';
import { httpSolver } from '../../../src/operations/online-authority/acme/http-challenge.ts';
import { tlsAlpnSolver } from '../../../src/operations/online-authority/acme/tls-alpn-challenge.ts';
import { freePort } from '../../peers/free-port.ts';
import { describeWithPeers, peers } from '../../support/needs-peer.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const token = 'DGyRejmCefe7v4NfDGDKfA';
const answer = { domain: 'contoso.example', token, keyAuthorization: `${token}.thumbprint` };

describe('http-01 [RFC 8555 §8.3]', () => {
  async function asked(port: number, url: string, method = 'GET') {
    const sending = request({ host: '127.0.0.1', port, path: url, method }).end();
    const [response] = (await once(sending, 'response')) as [NodeJS.ReadableStream & { statusCode: number }];
    return [response.statusCode, await text(response)];
  }

  it('answers for its tokens, and for nothing else, until it is taken back', async () => {
    const port = await freePort();
    const presented = await httpSolver(port).present([answer], undefined);
    const well = '/.well-known/acme-challenge/';
    expect(await asked(port, `${well}${token}x`)).toEqual([404, '']);
    expect(await asked(port, `${well}../acme-challenge/${token}`)).toEqual([404, '']);
    expect(await asked(port, '/')).toEqual([404, '']);
    expect(await asked(port, `${well}__proto__`)).toEqual([404, '']);
    expect(await asked(port, well + token, 'POST')).toEqual([405, '']);
    expect(presented.wasAskedFor('contoso.example')).toBe(false);
    expect(await asked(port, well + token)).toEqual([200, answer.keyAuthorization]);
    expect(presented.wasAskedFor('contoso.example')).toBe(true);
    await presented.withdraw();
    await expect(asked(port, well + token)).rejects.toThrow('ECONNREFUSED');
  });

  it('is taken back although somebody holds on to a connection', async () => {
    const port = await freePort();
    const presented = await httpSolver(port).present([answer], undefined);
    const silent = connect(port, '127.0.0.1').on('error', () => undefined);
    await once(silent, 'connect');
    const closed = once(silent, 'close');
    await presented.withdraw();
    await closed;
  });
});

describeWithPeers('tls-alpn-01 [RFC 8737 §3]', [peers.openssl], () => {
  it('shows a certificate for the name alone, whose critical extension holds the hash of the key authorization', async () => {
    const { certificate } = await acmeIdentifierCertificate('contoso.example', answer.keyAuthorization, new Date());
    const shown = execFileSync('openssl', ['x509', '-inform', 'DER', '-noout', '-text'], { input: certificate.der });
    const digest = createHash('sha256').update(answer.keyAuthorization).digest('hex');
    expect(String(shown)).toMatch(/X509v3 Subject Alternative Name: ?\n\s+DNS:contoso\.example\n/);
    const value = execFileSync('openssl', ['asn1parse', '-inform', 'DER'], { input: certificate.der });
    expect(String(value)).toMatch(
      new RegExp(`1\\.3\\.6\\.1\\.5\\.5\\.7\\.1\\.31\\n.*BOOLEAN.*255\\n.*HEX DUMP\\]:0420${digest}`, 'i'),
    );
    expect(String(shown)).toMatch(/1\.3\.6\.1\.5\.5\.7\.1\.31: critical/);
  });

  it('is answered to those who ask for the protocol and a name that is to be proven', async () => {
    const port = await freePort();
    const presented = await tlsAlpnSolver(port, () => new Date()).present([answer], undefined);
    const met = async (servername: string, protocol: string): Promise<string> => {
      const options = { host: '127.0.0.1', port, ALPNProtocols: [protocol], rejectUnauthorized: false };
      const socket = connectTls(servername === '' ? options : { ...options, servername });
      try {
        await once(socket, 'secureConnect');
        return `${String(socket.alpnProtocol)} ${socket.getPeerX509Certificate()?.subjectAltName}`;
      } catch (error) {
        return (error as NodeJS.ErrnoException).code ?? '';
      } finally {
        socket.destroy();
      }
    };
    expect(await met('CONTOSO.example', 'acme-tls/1')).toBe('acme-tls/1 DNS:contoso.example');
    expect(presented.wasAskedFor('contoso.example')).toBe(true);
    expect(await met('contoso.example', 'h2')).toContain('ALERT_NO_APPLICATION_PROTOCOL');
    expect(await met('fabrikam.example', 'acme-tls/1')).toMatch(/HANDSHAKE_FAILURE|INTERNAL_ERROR/);
    await presented.withdraw();
    expect(await met('contoso.example', 'acme-tls/1')).toBe('ECONNREFUSED');
  });
});

describe('dns-01 [RFC 8555 §8.4]', () => {
  const value = createHash('sha256').update(answer.keyAuthorization).digest('base64url');

  it('by hand shows the record as a zone has it, waits, and says when it can go', async () => {
    const told: string[] = [];
    const person = {
      say: (line: string) => void told.push(line),
      wait: async (question: string) => void told.push(question),
    };
    const presented = await dnsByHand(person).present([answer], undefined);
    expect(told[1]).toBe(`  _acme-challenge.contoso.example. 60 IN TXT "${value}"`);
    expect(told[2]).toMatch(/^Press Enter/);
    await presented.withdraw();
    expect(told[3]).toContain('can be removed');
  });

  const hook = (script: string, warned: string[] = []) => {
    const program = path.join(temporaryFolder(), 'hook');
    writeFileSync(program, script, { mode: 0o755 });
    const options = {
      program,
      environment: { PATH: process.env['PATH'] },
      warn: (text: string) => void warned.push(text),
    };
    return { program, solver: dnsHook(options) };
  };

  it('by a program gives it the record in variables, and nothing that a shell would read', async () => {
    const log = path.join(temporaryFolder(), 'log');
    const { solver } = hook(`#!/bin/sh\nenv | grep ^XGW | sort >>'${log}'\necho "$#" >>'${log}'\n`);
    const presented = await solver.present([{ ...answer, domain: 'contoso.example' }], undefined);
    await presented.withdraw();
    const called = (action: string) =>
      [
        `XGW_ACME_ACTION=${action}`,
        'XGW_ACME_DOMAIN=contoso.example',
        'XGW_ACME_RECORD=_acme-challenge.contoso.example',
        `XGW_ACME_TOKEN=${token}`,
        `XGW_ACME_VALUE=${value}`,
        '0\n',
      ].join('\n');
    expect(String(spawnSync('cat', [log]).stdout)).toBe(called('add') + called('remove'));
  });

  it('by a program that is not there or may not be run says which, with a line that tries it', async () => {
    const gone = dnsHook({ program: '/nonexistent/dns hook', environment: {}, warn: () => undefined });
    await expect(gone.present([answer], undefined)).rejects.toMatchObject({
      id: 'AuthorityChallengeUnanswerable',
      reason: 'there is no such program',
      fix: [expect.stringMatching(/^XGW_ACME_ACTION=add .*XGW_ACME_VALUE=\S+ '\/nonexistent\/dns hook'$/)],
    });
  });

  it('by a program that fails to remove a record is told, and is no failure', async () => {
    const warned: string[] = [];
    const { solver } = hook(
      '#!/bin/sh\n[ "$XGW_ACME_ACTION" = add ] || { printf "no\\033[31m" >&2; exit 7; }\n',
      warned,
    );
    const presented = await solver.present([answer], undefined);
    await presented.withdraw();
    expect(warned).toEqual([
      'The TXT record _acme-challenge.contoso.example may still be there: it ended with code 7: no\\u{1b}[31m.',
    ]);
  });

  it('by a program is broken off with the cmdlet, and what was begun is removed', async () => {
    const log = path.join(temporaryFolder(), 'log');
    const stop = new AbortController();
    const { solver } = hook(
      `#!/bin/sh\necho "$XGW_ACME_ACTION" >>'${log}'\n[ "$XGW_ACME_ACTION" = remove ] || exec sleep 600\n`,
    );
    const presenting = solver.present([answer], stop.signal);
    await written(log);
    stop.abort();
    await expect(presenting).rejects.toMatchObject({ id: 'Interrupted' });
    expect(String(spawnSync('cat', [log]).stdout)).toBe('add\nremove\n');
  });
});

/** Resolves when the file has content. */
async function written(file: string): Promise<void> {
  for (;;) {
    if (String(spawnSync('cat', [file]).stdout) !== '') return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
