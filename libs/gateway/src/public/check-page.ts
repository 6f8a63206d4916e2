import { createHash } from 'node:crypto';
import type { CheckResult } from './check-desk';

/** What the page shows above its form: nothing yet, a result, or why there is none. */
export type Shown = { readonly result: CheckResult } | { readonly problem: string } | undefined;

const style = `
:root { color-scheme: light; }
body { margin: 0; background: #f5f6f8; color: #1c1c1c; font: 1.05rem/1.7 "Noto Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
main { max-width: 34rem; margin: 0 auto; padding: 1.5rem 1.25rem 3rem; background: #fff; min-height: 100vh; box-sizing: border-box; }
h1 { font-size: 1.5rem; margin: 0 0 1rem; }
.result { border: 2px solid; border-radius: .5rem; padding: 1rem 1.25rem; margin-bottom: 2rem; }
.valid { border-color: #1b6e3c; } .invalid { border-color: #9c1c1c; } .none { border-color: #7a5a00; }
.result h2 { font-size: 1.35rem; margin: 0 0 .5rem; }
.valid h2 { color: #1b6e3c; } .invalid h2 { color: #9c1c1c; } .none h2 { color: #7a5a00; }
dl { display: grid; grid-template-columns: 7.5rem 1fr; gap: .25rem .75rem; margin: 0; }
dt { color: #555; } dd { margin: 0; overflow-wrap: anywhere; }
label { display: block; font-weight: 600; margin-top: 1rem; }
small { display: block; color: #555; }
input { width: 100%; box-sizing: border-box; font: inherit; padding: .5rem .65rem; border: 1px solid #767676; border-radius: .35rem; }
button { margin-top: 1.25rem; font: inherit; padding: .55rem 2.5rem; border: 0; border-radius: .35rem; background: #1f4e9c; color: #fff; }
input:focus-visible, button:focus-visible { outline: 3px solid #f0a800; outline-offset: 2px; }
footer { margin-top: 2.5rem; color: #555; font-size: .9rem; }
`;
/** Its own style and its own form, and nothing else: no script, no picture, nothing from elsewhere. */
export const checkPagePolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The check as a page for people: the result as a heading in words, not by colour alone, and a form to check another. */
export const checkPage = (province: string, shown: Shown, number = ''): string => `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escaped(titleOf(shown))}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>文书公开查验</h1>
${shown === undefined ? '' : 'result' in shown ? resultOf(shown.result) : problemOf(shown.problem)}
<form method="get" action="/public/check">
<label for="number">编号</label>
<input id="number" name="number" value="${escaped(number)}" required maxlength="60" autocomplete="off" placeholder="如 川律实证〔2026〕1号" aria-describedby="number-help">
<small id="number-help">见文书标题下方，括号可写作 [ ] 或（ ）</small>
<label for="code">查验码</label>
<input id="code" name="code" required maxlength="40" autocomplete="off" spellcheck="false" placeholder="如 7K3M-9QXW-2HB4-T" aria-describedby="code-help">
<small id="code-help">见二维码下方，十三位字母和数字，不分大小写</small>
<button type="submit">查验</button>
</form>
<footer>只能查验由${escaped(province)}出具的文书。查验只显示文书的种类、结果和现时效力，不显示任何个人信息；请与文书上的内容核对。</footer>
</main>
</body>
</html>
`;

const titleOf = (shown: Shown): string =>
  shown === undefined
    ? '文书公开查验'
    : 'result' in shown
      ? `${verdict(shown.result)} – 文书公开查验`
      : '未能查验 – 文书公开查验';
const verdict = ({ valid, says }: CheckResult): string => (valid ? says : `无效：${says}`);
const resultOf = (result: CheckResult): string => {
  const { number, title, issuer, lines, on, valid } = result;
  const rows = [
    ['编号', number],
    ['事项', title],
    ['出具单位', `${issuer.unit}（${issuer.province}）`],
    ...lines.map(({ label, text }) => [label, text]),
    ['查验日期', on],
  ];
  return `<section class="result ${valid ? 'valid' : 'invalid'}" role="status">
<h2>${escaped(verdict(result))}</h2>
<dl>
${rows.map(([label = '', text = '']) => `<dt>${escaped(label)}</dt><dd>${escaped(text)}</dd>`).join('\n')}
</dl>
</section>`;
};
const problemOf = (problem: string): string => `<section class="result none" role="alert">
<h2>未能查验</h2>
<p>${escaped(problem)}</p>
</section>`;
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
