import { uuidOf, type Receipt, type ReceiptMessage, type Signature, type StepMessage } from '@chuanyu/contracts';

interface Said {
  /** The province whose exchange says it. */
  readonly province: string;
  /** The peer, or null where it is told at home. */
  readonly to: string | null;
  readonly receipt: 'accepted' | 'relayed';
  readonly time: string;
  /** With case and province they make the receipt's id: the same fact has one id. */
  readonly named: readonly (string | number)[];
  readonly signature?: Signature;
  readonly negative?: Receipt['negative'];
}

/** What an exchange says of a step that it has handled: no unit speaks, since nobody looked at it. */
export const receiptOf = ({ epoch, domain, case: id, event }: StepMessage, said: Said): ReceiptMessage => ({
  kind: 'receipt',
  to: said.to,
  epoch,
  domain,
  case: id,
  ...(said.signature ? { signature: said.signature } : {}),
  receipt: {
    id: uuidOf([id, said.province, ...said.named].join(' ')),
    case: id,
    receipt: said.receipt,
    sequence: event.casesequence,
    time: said.time,
    unit: null,
    province: said.province,
    ...(said.negative ? { negative: said.negative } : {}),
  },
});
