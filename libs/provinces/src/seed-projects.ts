import { cooperationItems, today, type CooperationItem, type UnitKind } from '@chuanyu/reference';
import { call, liaisonOf, signIn, until, type SeededProvince, type SeededProvinces } from './seed-client';

/** Who leads the items of a domain on each side; the justice departments where no other agency does. */
const leads: Readonly<Record<string, UnitKind>> = {
  prison: 'prison-bureau',
  'drug-rehab': 'rehabilitation-bureau',
  lawyer: 'bar-association',
  notary: 'notary-association',
  forensic: 'forensic-association',
};
export const leadKindOf = (domain: string): UnitKind => leads[domain] ?? 'justice-department';
/** So many requests at once: each opening waits for the number of the one before, confirmations for nothing. */
const AT_ONCE = 13;

/**
 * All items of the cooperation list as projects of undecided kind, by the calls that officers make: one side registers
 * them, the other confirms. Keys are fixed and what is there is looked at first, so that a start that died half-way
 * goes on where it was, and a later one asks twice and does nothing. Resolves with the number of projects that it made.
 */
export const seedProjects = async (provinces: SeededProvinces, from = 'sichuan', to = 'chongqing'): Promise<number> => {
  const [origin, counterpart] = [provinces.province(from), provinces.province(to)];
  const [mine, theirs] = await Promise.all([
    signIn(origin, 'liaison-officer'),
    signIn(counterpart, 'peer-liaison-officer'),
  ]);
  const here = await projectsOf(origin, mine);
  const missing = cooperationItems.filter(({ item }) => !here.some((each) => each.item === item));
  if (missing.length === 0 && here.every(({ state }) => state !== 'proposed')) return 0;
  const year = Number(today(origin.options.clock).slice(0, 4));
  await each(missing, (item) =>
    call(
      origin,
      mine,
      'POST',
      '/api/coordination/project',
      {
        to: { province: to, unit: liaisonOf(counterpart) },
        form: {
          item: item.item,
          list: year,
          title: item.title,
          lead: leadOf(origin, item),
          peerLead: leadOf(counterpart, item),
        },
      },
      `seed-project-${item.item}`,
    ),
  );
  const listed = (all: readonly Known[]) => cooperationItems.every(({ item }) => all.some((one) => one.item === item));
  await until(provinces, async () => listed(await projectsOf(counterpart, theirs)));
  const proposed = (await projectsOf(counterpart, theirs)).filter(({ state }) => state === 'proposed');
  await each(proposed, ({ id }) => call(counterpart, theirs, 'POST', `/api/coordination/project/${id}/confirm`, {}));
  await until(provinces, async () => (await projectsOf(origin, mine)).every(({ state }) => state !== 'proposed'));
  return proposed.length;
};

interface Known {
  readonly item: string;
  readonly id: string;
  readonly state: string;
}
const projectsOf = async (province: SeededProvince, token: string): Promise<readonly Known[]> =>
  ((await call(province, token, 'GET', '/api/coordination/checklist')) as { readonly items: readonly Known[] }).items;
const leadOf = ({ options }: SeededProvince, { domain }: CooperationItem): string =>
  options.directory.unitsOf(options.id).find(({ kind }) => kind === leadKindOf(domain))?.id ?? '';
const each = async <T>(of: readonly T[], act: (one: T) => Promise<unknown>): Promise<void> => {
  for (let at = 0; at < of.length; at += AT_ONCE) await Promise.all(of.slice(at, at + AT_ONCE).map(act));
};
