/** The style of the console and of the public pages, in light and dark. */
export const style = `:root {
  color-scheme: light dark;
  --back: #f6f7f9; --card: #fff; --text: #1b2430; --quiet: #566170; --line: #d9dee5; --accent: #1f4e79; --on-accent: #fff;
  --good: #0a5c36; --good-back: #dcf3e6; --bad: #97201a; --bad-back: #fde5e3; --plain: #3d4856; --plain-back: #e8ebf0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #12161c; --card: #1b212a; --text: #e6eaf0; --quiet: #a3aebc; --line: #303a47; --accent: #8fc1ee; --on-accent: #0d1a26;
    --good: #8fe0b4; --good-back: #12382a; --bad: #ffb3ad; --bad-back: #451c1a; --plain: #c8d1dc; --plain-back: #2b3542;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
a { color: var(--accent); }
h1 { font-size: 1.4rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 0 0 .6rem; }
h3 { font-size: .95rem; margin: 1rem 0 .3rem; }
p { margin: .4rem 0; }
ul { margin: .3rem 0; padding-left: 1.2rem; }
code { font: .86em/1.4 ui-monospace, monospace; }
.quiet { color: var(--quiet); }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 1rem; top: .5rem; background: var(--card); padding: .4rem .8rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
header.top { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; align-items: baseline; padding: .9rem 1.2rem; background: var(--card); border-bottom: 1px solid var(--line); }
header.top nav { display: flex; flex-wrap: wrap; gap: .2rem 1rem; }
#connection { margin-left: auto; }
#connection::before { content: "● "; }
main.console { display: grid; gap: 1rem; padding: 1rem 1.2rem 3rem; grid-template-columns: repeat(12, minmax(0, 1fr)); max-width: 1500px; margin: 0 auto; }
main.console > section { grid-column: span 12; background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .9rem 1rem; min-width: 0; }
@media (min-width: 1000px) {
  main.console > .half { grid-column: span 6; }
}
h2 { scroll-margin-top: 1rem; }
.scroll { position: relative; overflow-x: auto; max-height: 26rem; overflow-y: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; overflow-wrap: normal; }
th { text-align: left; color: var(--quiet); font-weight: 600; position: sticky; top: 0; background: var(--card); }
th, td { padding: .3rem .7rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: baseline; }
td { white-space: nowrap; }
#requests td:nth-child(3), #mails td:nth-child(3) { white-space: normal; min-width: 15rem; }
time { font-variant-numeric: tabular-nums; }
.badge { display: inline-block; border-radius: 999px; padding: 0 .55rem; font-size: .85rem; background: var(--plain-back); color: var(--plain); margin-right: .2rem; }
.badge.good { background: var(--good-back); color: var(--good); }
.badge.bad { background: var(--bad-back); color: var(--bad); }
.numbers { display: flex; flex-wrap: wrap; gap: .6rem 1.6rem; margin: 0 0 .6rem; }
.numbers dt { color: var(--quiet); font-size: .85rem; }
.numbers dd { margin: 0; font-size: 1.5rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.limit { display: flex; flex-wrap: wrap; gap: .3rem .6rem; align-items: center; }
.bar .free { fill: var(--accent); }
.bar .used { fill: var(--line); }
form { margin: 0; }
button, input, select { font: inherit; color: inherit; }
input, select { background: var(--back); border: 1px solid var(--quiet); border-radius: 6px; padding: .3rem .5rem; max-width: 100%; min-height: 2.25rem; }
button { background: var(--accent); color: var(--on-accent); border: 0; border-radius: 6px; padding: .3rem .8rem; cursor: pointer; min-height: 2.25rem; }
td button { padding: .1rem .6rem; min-height: 1.75rem; }
.forms { display: flex; flex-wrap: wrap; gap: .8rem 1.6rem; align-items: end; }
.forms form { display: flex; flex-wrap: wrap; gap: .4rem; align-items: end; }
.forms label { display: grid; gap: .15rem; font-size: .9rem; color: var(--quiet); }
.forms label input, .forms label select { color: var(--text); }
#status { min-height: 1.5rem; margin-top: .6rem; }
main.public { max-width: 44rem; margin: 2rem auto; padding: 1.5rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
main.public h1 { font-size: 1.9rem; line-height: 1.25; }
main.public .lead { font-size: 1.15rem; }
main.public .warning { background: var(--bad-back); color: var(--bad); padding: .5rem .8rem; border-radius: 6px; }
main.public figure { margin: 1.2rem 0; }
main.public figcaption { color: var(--quiet); font-size: .9rem; }
main.public img { max-width: 100%; max-height: 24rem; height: auto; width: auto; border-radius: 6px; }
main.public dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); gap: .8rem; }
main.public dt { color: var(--quiet); font-size: .85rem; }
main.public dd { margin: 0; }
.actions { display: flex; flex-wrap: wrap; gap: .5rem; }
@media (max-width: 700px) {
  main.console { padding: .7rem .6rem 2rem; }
  table, tbody { display: block; }
  thead { display: none; }
  tr { display: flex; flex-wrap: wrap; gap: .1rem .9rem; align-items: baseline; padding: .5rem 0; border-bottom: 1px solid var(--line); }
  #requests td:nth-child(n), #mails td:nth-child(n), td { border: 0; padding: 0; min-width: 0; white-space: normal; overflow-wrap: anywhere; }
  td:empty { display: none; }
  td[data-head]::before { content: attr(data-head) " "; color: var(--quiet); font-size: .85rem; }
  main.public { margin: 0; border: 0; border-radius: 0; }
}
`
