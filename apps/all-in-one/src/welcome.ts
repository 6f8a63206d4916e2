import { officersOfTwo } from '@chuanyu/access';
import { SEED_PASSWORD, type Provinces } from '@chuanyu/provinces';

/** What a person sees when the server is up: where, who, and what to try. */
export const welcome = (provinces: Provinces, data: string, milliseconds: number): string => {
  const lines = ['', `川渝司法协作平台 已启动（${(milliseconds / 1000).toFixed(1)} 秒） Chuanyu is up`, ''];
  for (const province of provinces.all.values()) {
    const { directory, id } = province.options;
    lines.push(`${directory.province(id)?.name ?? id}  ${province.url}   API: ${province.url}/api/docs`);
    for (const officer of officersOfTwo.all) {
      const unit = directory.unit(officer.unit);
      if (unit?.province === id)
        lines.push(
          `    ${officer.id.padEnd(16)} ${officer.name.padEnd(4, '　')} ${officer.roles.join(' ').padEnd(36)} ${unit.name}`,
        );
    }
  }
  const [first] = provinces.all.values();
  lines.push(
    '',
    `密码 password: ${SEED_PASSWORD}`,
    '',
    '试一试 try:',
    `    curl -s ${first?.url ?? ''}/api/sign-in -H 'Content-Type: application/json' -d '{"officer":"sc.zhouwei","password":"${SEED_PASSWORD}"}'`,
    `    curl -s -X POST ${first?.url ?? ''}/dev/border/cut      切断两地线路，/heal 接通 cuts the line, /heal mends it`,
    '    script/demo            两省市的一个工作日 a working day of both provinces',
    '    script/workflows       全部事项 every workflow',
    '    README.md              一个办件从头到尾 one case from beginning to end',
    '',
    `Ctrl-C 停止 stops. 数据在 ${data} ；script/server --reset 重新开始 begins afresh.`,
  );
  return lines.join('\n');
};
