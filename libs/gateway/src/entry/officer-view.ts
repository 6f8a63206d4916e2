import { OPERATOR, type Officer } from '@chuanyu/access';
import type { Workflows } from '@chuanyu/engine';
import { dateOf } from '@chuanyu/reference';
import type { Gateway } from '../config';

export interface RoleView {
  readonly role: string;
  readonly title: string;
}
/** An officer, to themselves and to colleagues. */
export interface OfficerView {
  readonly id: string;
  readonly name: string;
  readonly unit: string;
  readonly unitName: string;
  readonly roles: readonly RoleView[];
}
/** `GET /api/me` */
export interface Me extends OfficerView {
  readonly province: { readonly id: string; readonly name: string };
  readonly peers: readonly { readonly id: string; readonly name: string }[];
  /** Absent colleagues for whom this officer acts today (代办). */
  readonly standsInFor: readonly OfficerView[];
  /** The platform's time. */
  readonly now: string;
}

export const officerView = (officer: Officer, { province, workflows }: Gateway): OfficerView => ({
  id: officer.id,
  name: officer.name,
  unit: officer.unit,
  unitName: province.directory.unit(officer.unit)?.name ?? officer.unit,
  roles: officer.roles.map((role) => ({ role, title: roleTitle(role, workflows) })),
});
export const meView = (officer: Officer, gateway: Gateway): Me => {
  const { directory, officers, clock, id } = gateway.province;
  const now = clock.now();
  const named = (province: string) => ({ id: province, name: directory.province(province)?.name ?? province });
  return {
    ...officerView(officer, gateway),
    province: named(id),
    peers: gateway.peers.map(named),
    standsInFor: officers.absentFor(officer, dateOf(now)).map((each) => officerView(each, gateway)),
    now,
  };
};
const roleTitle = (role: string, workflows: Workflows): string => {
  if (role === OPERATOR) return '运维';
  for (const { roles } of workflows.all()) {
    const title = roles.origin[role] ?? roles.counterpart[role];
    if (title !== undefined) return title;
  }
  return role;
};
