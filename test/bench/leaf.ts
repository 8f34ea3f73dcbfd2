import { parseCSeq } from '../../src/gateway/sip/c-seq.ts';
import { parseHead } from '../../src/gateway/sip/head-parser.ts';
import { parseMessage } from '../../src/gateway/sip/message-parser.ts';
import { writeMessage } from '../../src/gateway/sip/message-writer.ts';
import { parseNameAddr } from '../../src/gateway/sip/name-addr.ts';
import { parseParameters } from '../../src/gateway/sip/parameters.ts';
import { parseSipUri,parseHostPort } from '../../src/gateway/sip/sip-uri.ts';
import { parseVia } from '../../src/gateway/sip/via.ts';
import { lyncMessage as m } from './sip-parser.ts';
const end=m.indexOf('\r\n\r\n');const headBytes=m.subarray(0,end);
const pm=parseMessage(m);if(!pm.ok)throw 1;const msg=pm.value;const h=msg.headers;
// fresh (sliced) strings as the parser sees
const via=h.get('Via')!,from=h.get('From')!,cs=h.get('CSeq')!;
const par=';branch=z9hG4bK7F3C9A52.8D4E1B60A7C2;branched=FALSE;rport';
const works:Record<string,()=>unknown>={
 parseMessage:()=>parseMessage(m),parseHead:()=>parseHead(headBytes),
 headAndIndex:()=>parseHead(headBytes).headers.has('x'),
 via:()=>parseVia(via),viaFresh:()=>parseVia((' '+via).slice(1)),from:()=>parseNameAddr(from),cseq:()=>parseCSeq(cs),par:()=>parseParameters(par),
 uri:()=>parseSipUri('sip:alice@contoso.example'),hp:()=>parseHostPort('gateway.fabrikam.example:5061'),write:()=>writeMessage(msg),
 split:()=>headBytes.toString('utf8').split('\r\n'),sub:()=>m.subarray(0,end),idx:()=>m.indexOf('\r\n\r\n'),
 get:()=>h.get('Via'),};
let k=0;
for(const [n,f] of Object.entries(works)){let best=1e9;for(let r=0;r<10;r++){const t=process.cpuUsage();for(let i=0;i<20000;i++)k+=f()?1:0;const u=process.cpuUsage(t);best=Math.min(best,(u.user+u.system)/20000)}console.log(n.padEnd(14),best.toFixed(3))}
