import type { AskMessage, StepMessage } from '@chuanyu/contracts';
import { attachedWithin, type Attached } from '@chuanyu/engine';

/** Bytes of one piece: signed, sealed and written as text twice over (base64 of base64) it is a record of 640 KiB, which any Kafka takes. */
export const PIECE = 360 * 1024;

export const piecesOf = (size: number): number => Math.ceil(size / PIECE);
export const rangeOf = (size: number, piece: number): { readonly from: number; readonly length: number } => ({
  from: piece * PIECE,
  length: Math.min(PIECE, size - piece * PIECE),
});
export const allPieces = (size: number): readonly number[] => Array.from({ length: piecesOf(size) }, (_, n) => n);

/** The files that cross with a step or an ask: those that its shared part names. */
export const filesNamed = (message: StepMessage | AskMessage): readonly Attached[] => {
  const { form, yields } = message.kind === 'step' ? message.event.data : message.ask;
  const named = new Map([...attachedWithin(form), ...attachedWithin(yields)].map((each) => [each.hash, each]));
  return [...named.values()];
};
