import { OPERATOR, type Officer } from '@chuanyu/access';
import { sideOfRole, takesUnit, type Register, type Workflow, type Workflows } from '@chuanyu/engine';
import type { Directory } from '@chuanyu/reference';

/** Who keeps a register, and who may look into it. `roles`: the officer's own, and those of whom they stand in for. */
export class RegisterKeepers {
  constructor(
    /** Of one domain. */
    private readonly workflows: Workflows,
    private readonly directory: Directory,
  ) {}

  /** A unit that acts in a workflow which looks into the register, by an officer with a role that keeps it. */
  mayKeep({ unit }: Officer, roles: readonly string[], register: Register): boolean {
    const kind = this.directory.unit(unit)?.kind ?? '';
    return register.keptBy.some(
      (role) => roles.includes(role) && this.naming(register).some((workflow) => takesPart(workflow, role, kind)),
    );
  }
  /** Whoever keeps it; whoever signs in that unit what rests on it; and those who lead in a unit above. */
  mayRead(officer: Officer, roles: readonly string[], register: Register, unit: string): boolean {
    if (roles.every((role) => role === OPERATOR) || !this.directory.isWithin(unit, officer.unit)) return false;
    if (officer.unit !== unit) return roles.some((role) => this.leading(this.workflows.all()).has(role));
    const signs = roles.some((role) => this.leading(this.naming(register)).has(role));
    return signs || this.mayKeep(officer, roles, register);
  }

  private naming(register: Register): readonly Workflow[] {
    return this.workflows.all().filter(({ registers }) => registers.includes(register));
  }
  private leading(workflows: readonly Workflow[]): ReadonlySet<string> {
    return new Set(workflows.flatMap(({ steps }) => [...steps.values()].flatMap(({ signedBy }) => signedBy)));
  }
}
const takesPart = (workflow: Workflow, role: string, kind: string): boolean => {
  const side = sideOfRole(workflow, role);
  return side !== undefined && takesUnit(workflow, side, kind);
};
