import 'reflect-metadata';

/** A class of a form or a register. */
export type Class<T = object> = new () => T;

/** Who may read a field: its own province; also the unit addressed; also the other province; also integrators. */
export type Audience = 'private' | 'restricted' | 'shared' | 'public';
/** What kind of data it is: a clause of an agreement lets classes flow, never single fields. */
export type DataClass = 'identity' | 'contact' | 'family' | 'conviction' | 'health' | 'drug-use' | 'risk' | 'business';

export interface Mark {
  readonly title: string;
  readonly audience: Audience;
  readonly data: DataClass;
}

const marksKey = Symbol('chuanyu:marks');
const repeatedKey = Symbol('chuanyu:marked-twice');

const ownMap = <T>(key: symbol, target: object): Map<string, T> => {
  const known: unknown = Reflect.getOwnMetadata(key, target);
  if (known instanceof Map) return known as Map<string, T>;
  const made = new Map<string, T>();
  Reflect.defineMetadata(key, made, target);
  return made;
};

const mark =
  (made: Mark): PropertyDecorator =>
  (target, name) => {
    const marks = ownMap<Mark>(marksKey, target);
    if (marks.has(String(name))) ownMap<true>(repeatedKey, target).set(String(name), true);
    marks.set(String(name), made);
  };

/** Never leaves the province. What identifies a person is searched for and masked in lists as such. */
export const Private = (title: string, data: DataClass = 'business'): PropertyDecorator =>
  mark({ title, audience: 'private', data });
/** Crosses the border, and only the unit addressed may read it. */
export const Restricted = (title: string, data: DataClass): PropertyDecorator =>
  mark({ title, audience: 'restricted', data });
/** Crosses the border under a clause that lets this class of data flow. */
export const Shared = (title: string, data: DataClass = 'business'): PropertyDecorator =>
  mark({ title, audience: 'shared', data });
/** Shared, and integrators may read it too. */
export const Public = (title: string): PropertyDecorator => mark({ title, audience: 'public', data: 'business' });

/** The marks of a form's fields, in the order in which they are written. */
export const marksOf = (form: Class): ReadonlyMap<string, Mark> => ownMap<Mark>(marksKey, form.prototype as object);
/** Fields with more than one mark: a fault when the workflow is loaded. */
export const markedTwice = (form: Class): readonly string[] => [
  ...ownMap<true>(repeatedKey, form.prototype as object).keys(),
];

const versionKey = Symbol('chuanyu:version');
/** The form's version, 1 unless said: a change that readers of its events would trip over needs a higher one. */
export const Version =
  (n: number): ClassDecorator =>
  (target) => {
    Reflect.defineMetadata(versionKey, n, target);
  };
export const versionOf = (form: Class | undefined): number => {
  const version: unknown = form && Reflect.getOwnMetadata(versionKey, form);
  return typeof version === 'number' ? version : 1;
};
