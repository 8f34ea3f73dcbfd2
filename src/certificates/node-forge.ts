/**
 * The only file that knows node-forge, and of it only the ASN.1 encoder and RC2: its certificate objects default to SHA-1,
 * guess string types, take U-labels unencoded, drop misspelt purposes and break otherNames, all without an error.
 */
import forge from 'node-forge';

export const { asn1 } = forge;
export type Asn1 = forge.asn1.Asn1;
export type Asn1Type = forge.asn1.Type;

/** forge's strings have one character per octet. */
export const octets = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/**
 * RC2 in CBC, which the OpenSSL inside Node.js has no more and old Windows still writes. The padding is not taken off.
 *
 * @param key - 5 or 16 octets; all their bits are effective bits. [RFC 2268 §2]
 */
export function decryptRc2(key: Buffer, iv: Buffer, data: Buffer): Buffer {
  const cipher = forge.rc2.createDecryptionCipher(octets(key), key.length * 8);
  cipher.start(octets(iv));
  cipher.update(forge.util.createBuffer(octets(data)));
  cipher.finish(() => true);
  return Buffer.from(cipher.output.getBytes(), 'latin1');
}
