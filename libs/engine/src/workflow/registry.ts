import { WorkflowFaults } from './define';
import { groupFaults } from './group-faults';
import type { Register } from './register';
import type { Workflow } from './workflow';

/** The workflow files that a deployment knows, all versions side by side: a case is pinned to the one it was opened with. */
export class Workflows {
  private readonly versions = new Map<string, Map<number, Workflow>>();
  constructor(workflows: readonly Workflow[]) {
    for (const workflow of workflows) {
      const versions = this.versions.get(workflow.id) ?? new Map<number, Workflow>();
      if (versions.has(workflow.version))
        throw new Error(`${workflow.id} version ${workflow.version} is registered twice`);
      versions.set(workflow.version, workflow);
      this.versions.set(workflow.id, versions);
    }
    for (const domain of this.domains()) this.registers(domain);
    for (const workflow of workflows) {
      const faults = groupFaults(workflow, workflow.under === undefined ? undefined : this.get(workflow.under));
      if (faults.length > 0) throw new WorkflowFaults(workflow.id, faults);
    }
  }
  /** The newest version of each. */
  all(): readonly Workflow[] {
    return [...this.versions.values()].flatMap((versions) => versions.get(Math.max(...versions.keys())) ?? []);
  }
  domains(): readonly string[] {
    return [...new Set(this.all().map((workflow) => workflow.domain))];
  }
  /** The registers of a domain, each once however many workflows look into it. Throws where two of one name differ. */
  registers(domain: string): readonly Register[] {
    const known = new Map<string, Register>();
    for (const { registers } of this.all().filter((workflow) => workflow.domain === domain))
      for (const register of registers) {
        if ((known.get(register.name) ?? register) !== register)
          throw new Error(`${domain} has two registers called ${register.name}`);
        known.set(register.name, register);
      }
    return [...known.values()];
  }
  of(domain: string): Workflows {
    return new Workflows(
      [...this.versions.values()].flatMap((versions) =>
        [...versions.values()].filter((workflow) => workflow.domain === domain),
      ),
    );
  }
  /** The newest version, or the one asked for. */
  get(id: string, version?: number): Workflow | undefined {
    const versions = this.versions.get(id);
    return versions?.get(version ?? Math.max(...versions.keys()));
  }
  /** The highest version known here; 0 where the workflow is not. */
  highest(id: string): number {
    return Math.max(0, ...(this.versions.get(id)?.keys() ?? []));
  }
}
