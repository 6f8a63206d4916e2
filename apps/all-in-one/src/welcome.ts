import { officersOfTwo } from '@chuanyu/access';
import { SEED_PASSWORD, type Provinces } from '@chuanyu/provinces';

/** What a person sees when the server is up: where, who, and what to try. */
export const welcome = (provinces: Provinces, milliseconds: number): string => {
  const lines = ['', `川渝司法协作平台 已启动（${(milliseconds / 1000).toFixed(1)} 秒） Chuanyu is up`, ''];
  for (const province of provinces.all.values()) {
    const { directory, id } = province.options;
    lines.push(`${directory.province(id)?.name ?? id}  ${province.url}   API: ${province.url}/api/docs`);
    for (const officer of officersOfTwo.all) {
      const unit = directory.unit(officer.unit);
      if (unit?.province === id)
        lines.push(
          `    ${officer.id.padEnd(20)} ${officer.name.padEnd(4, '　')} ${unit.name}  ${officer.roles.join(' ')}`,
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
    '    script/demo            两省市的一个工作日 a working day of both provinces',
    '    script/workflows       全部事项 every workflow',
    '',
    'Ctrl-C 停止 stops. 数据在 .data/ ；script/server --reset 重新开始 begins afresh.',
  );
  return lines.join('\n');
};
