/** What a browser sees that comes without the token. No script, nothing from outside. */
export function tokenPage(wrong: boolean): string {
  const en = wrong
    ? "The token in this address is wrong; perhaps it belongs to another data folder."
    : "This browser has not shown the token yet.";
  const zh = wrong ? "此地址中的令牌不正确,它可能属于另一个数据目录。" : "此浏览器尚未出示令牌。";
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Millrace</title><meta name="viewport" content="width=device-width">
<style>:root{color-scheme:light dark}body{font:16px/1.6 system-ui,sans-serif;max-width:42rem;margin:15vh auto;padding:0 1rem}</style></head>
<body><h1>Millrace</h1>
<p>${en} Open the address that <code>millrace start</code> printed: it ends with <code>?token=…</code>. The token is also in the file <code>token</code> in the data folder.</p>
<p lang="zh">${zh}请打开 <code>millrace start</code> 打印的地址,它以 <code>?token=…</code> 结尾。令牌也在数据目录的 <code>token</code> 文件中。</p>
</body></html>
`;
}
