import type { Workflows } from '../workflow/registry';
import type { Workflow } from '../workflow/workflow';
import { publicStates } from './event-schemas';
import { ownSteps } from './moves';
import { generatedNote, table, type Items } from './page';

/** The page of one workflow, relative to the index: `prison/release-handover.md`. */
export const pageFile = (workflow: Workflow): string => `${workflow.domain}/${workflow.name}.md`;

/** `docs/workflows/README.md`: every workflow, and the items of the cooperation list with the workflows that serve them. */
export const indexPage = (workflows: Workflows, items: Items): string => {
  const all = workflows.all();
  const link = (workflow: Workflow): string => `[${workflow.title}](${pageFile(workflow)})`;
  const isPublic = (workflow: Workflow): boolean =>
    [...workflow.steps.values()].some((step) => publicStates(workflow, step).length > 0);
  const serving = [...items].map(([item, title]) => ({
    item,
    title,
    by: all.filter((workflow) => workflow.serves.includes(item)),
  }));
  const served = serving.filter(({ by }) => by.length > 0).length;
  return (
    [
      generatedNote,
      '# 事项',
      'Workflows of the platform: one page each, generated from the workflow files.',
      `共 ${all.length} 个事项。每页由事项文件生成，供经办人和法律人员核对：办理依据、角色、环节、时限、操作、表单、谁可见、规则、公开内容。`,
      table(
        ['事项', 'English', '编号', '字样', '操作', '范围', '公开', '对应清单'],
        all.map((workflow) => [
          link(workflow),
          workflow.english,
          `\`${workflow.id}\``,
          workflow.docket,
          String(ownSteps(workflow).length),
          workflow.domestic ? '省（市）内' : '两省（市）',
          isPublic(workflow) ? '部分' : '否',
          workflow.serves.join('、') || '—',
        ]),
      ),
      '## 合作清单',
      `2020 年公布的合作清单共 ${serving.length} 项，已有事项办理的 ${served} 项。`,
      table(
        ['编号', '清单内容', '办理的事项'],
        serving.map(({ item, title, by }) => [item, title, by.map(link).join('、') || '（尚无）']),
      ),
    ].join('\n\n') + '\n'
  );
};
