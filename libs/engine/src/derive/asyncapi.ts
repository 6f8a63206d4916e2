import { topics } from '@chuanyu/contracts';
import { typeOf } from '../case/chain';
import type { Workflows } from '../workflow/registry';
import { publicEventSchema } from './event-schemas';

/** What integrators subscribe to in one domain: AsyncAPI 3.0. Undefined where the domain publishes nothing. */
export const asyncApi = (workflows: Workflows, domain: string): Readonly<Record<string, unknown>> | undefined => {
  const messages = workflows
    .of(domain)
    .all()
    .flatMap((workflow) =>
      [...workflow.steps.values()].flatMap((step) => {
        const schema = publicEventSchema(workflow, step);
        return schema ? [{ type: typeOf(workflow, step), schema, title: `${workflow.title} · ${step.title}` }] : [];
      }),
    );
  if (messages.length === 0) return undefined;
  const address = topics.published('{province}', domain);
  return {
    asyncapi: '3.0.0',
    info: {
      title: `川渝司法协作平台 · ${domain} 公开事件`,
      version: '1.0.0',
      description:
        '接入方可订阅的公开事件。不含姓名、证件号码、单位、办件编号和具体时间；同一办件以公开代号相连。' +
        'The same events are served over HTTP at GET /public/events. Each type keeps its shape; a breaking change gets a new type (…v2).',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    channels: {
      public: {
        address,
        title: '公开事件',
        description: '每省（市）各一个主题；对方的主题在本省（市）有镜像，读一处即可得两地的事件。',
        parameters: { province: { description: '省（市）代码，如 sichuan、chongqing' } },
        messages: Object.fromEntries(messages.map(({ type }) => [type, { $ref: `#/components/messages/${type}` }])),
      },
    },
    operations: {
      publish: {
        action: 'send',
        title: '发布公开事件',
        channel: { $ref: '#/channels/public' },
        messages: messages.map(({ type }) => ({ $ref: `#/channels/public/messages/${type}` })),
      },
    },
    components: {
      messages: Object.fromEntries(
        messages.map(({ type, title, schema }) => [
          type,
          {
            name: type,
            title,
            contentType: 'application/json',
            payload: { schemaFormat: 'application/schema+json;version=draft-2020-12', schema },
          },
        ]),
      ),
    },
  };
};
