/** The longest step of the clock: ten years. */
const MOST = 3660 * 86_400_000;

/**
 * Milliseconds of an ISO 8601 duration of weeks (`P2W`), or of days, hours, minutes and seconds (`P3D`, `PT90M`, `P1DT12H`); undefined
 * for anything else. Years and months have no fixed length.
 */
export const durationOf = (text: string): number | undefined => {
  const weeks = /^P(\d{1,4})W$/.exec(text);
  if (weeks) return within(Number(weeks[1]) * 7 * 86_400_000);
  const parts = /^P(?:(\d{1,4})D)?(T(?:(\d{1,5})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?$/.exec(text);
  if (!parts) return undefined;
  const [, days, time, hours, minutes, seconds] = parts;
  if (days === undefined && time === undefined) return undefined;
  if (time !== undefined && hours === undefined && minutes === undefined && seconds === undefined) return undefined;
  const n = (each: string | undefined) => Number(each ?? 0);
  return within(((n(days) * 24 + n(hours)) * 60 + n(minutes)) * 60_000 + n(seconds) * 1000);
};
const within = (milliseconds: number): number | undefined =>
  milliseconds > 0 && milliseconds <= MOST ? milliseconds : undefined;
