/** Colours with a contrast of at least 4.5:1 in both schemes. */
export const pageStyle = `
:root{--ink:#1b1b1f;--paper:#fff;--soft:#f2f3f5;--line:#c9ccd1;--good:#0b6a2b;--warn:#7a4b00;--bad:#a4161a;--link:#0b57a4}
@media(prefers-color-scheme:dark){:root:not([data-theme=light]){--ink:#e8e8ea;--paper:#16171a;--soft:#212328;--line:#43464d;--good:#7fd69a;--warn:#f0c36d;--bad:#ff9b9b;--link:#8fc1ff}}
:root[data-theme=dark]{color-scheme:dark;--ink:#e8e8ea;--paper:#16171a;--soft:#212328;--line:#43464d;--good:#7fd69a;--warn:#f0c36d;--bad:#ff9b9b;--link:#8fc1ff}:root[data-theme=light]{color-scheme:light}
*{box-sizing:border-box}
body{font:15px/1.5 system-ui,"Segoe UI",sans-serif;color:var(--ink);background:var(--paper);margin:0 auto;max-width:76rem;padding:1rem 1.5rem 4rem}
h1{font-size:1.35rem;margin:.5rem 0}h2{font-size:1.1rem;margin:2rem 0 .5rem;border-bottom:1px solid var(--line)}
.outcome{font-weight:600;margin:.25rem 0 1rem}.succeeded,.create,.link{color:var(--good)}.succeededWithIssues,.warning,.update{color:var(--warn)}.failed,.error,.delete,.unlink,.blocked{color:var(--bad)}.info,.manual{color:var(--link)}
p,li,summary,h1,h2,h3{overflow-wrap:anywhere}
.wide{overflow-x:auto}
table{border-collapse:collapse;margin:.5rem 0 1rem}caption{text-align:left;font-weight:600;padding:.25rem 0}
th,td{border:1px solid var(--line);padding:.25rem .6rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}th{background:var(--soft)}td.number{text-align:right;font-variant-numeric:tabular-nums}
code,.glyph,td.value{font-family:ui-monospace,Consolas,monospace;font-size:.92em}
details{border:1px solid var(--line);border-radius:4px;margin:.25rem 0;padding:.25rem .6rem}summary{cursor:pointer}
label{display:inline-flex;gap:.5rem;align-items:center;margin:.25rem 1rem .5rem 0}input,select{font:inherit;color:inherit;background:var(--soft);border:1px solid var(--line);border-radius:4px;padding:.2rem .4rem}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.muted{opacity:.85;font-size:.9em}
@media print{details{break-inside:avoid}label{display:none}}
`;

/** Plain script for browsers; innerHTML is deliberately not used. */
export const pageScript = `
(function(){
'use strict';
var data=JSON.parse(document.getElementById('data').textContent);
var main=document.getElementById('report');
main.textContent='';
function make(tag,text,name){var node=document.createElement(tag);if(text!==undefined)node.textContent=text;if(name)node.className=name;return node}
function add(parent){for(var at=1;at<arguments.length;at++)parent.appendChild(arguments[at]);return parent}
function section(title){var part=make('section');add(part,make('h2',title));add(main,part);return part}
function table(caption,heads,rows){
  var wide=make('div',undefined,'wide'),node=make('table'),head=make('tr'),body=make('tbody');
  add(node,make('caption',caption),add(make('thead'),head),body);
  heads.forEach(function(text){var cell=make('th',text);cell.scope='col';add(head,cell)});
  rows.forEach(function(row){var line=make('tr');row.forEach(function(value,at){
    var cell=make(at===0?'th':'td',String(value),typeof value==='number'?'number':at===0?'':'value');
    if(at===0)cell.scope='row';add(line,cell)});add(body,line)});
  return add(wide,node)}
function findings(title,list){
  if(list.length===0)return;var part=section(title);
  list.forEach(function(item){var box=make('details');box.open=list.length<=20;
    add(box,add(make('summary'),make('strong',item.severity+' ',item.severity),make('code',item.code),make('span',' '+item.where+': '+item.summary)));
    if(item.detail)add(box,make('p',item.detail));
    if(item.remedy)add(box,make('p','What to do: '+item.remedy));add(part,box)})}
var overview=section('Overview');
if(data.counts.length)add(overview,table('Rows',data.counts.map(function(pair){return pair[0]}),[data.counts.map(function(pair){return pair[1]})]));
if(data.facts.length)add(overview,table('Facts',['what','value'],data.facts));
add(overview,make('p',data.requests.read+' read and '+data.requests.write+' write requests, throttled '+data.requests.throttled+' times','muted'));
if(data.tables.length){var kinds=['create','update','link','unlink','delete','blocked','manual'];
  add(overview,table('Actions by table',['table'].concat(kinds),data.tables.map(function(row){return [row.table].concat(kinds.map(function(kind){return row.kinds[kind]||0}))})))}
findings('Findings',data.findings);
findings('To do by hand',data.manual);
if(data.checks.length){var checks=section('Checks');
  add(checks,table('Every question asked',['group','check','result'],data.checks.map(function(check){return [check.group,check.name,check.skipped?'skipped: '+check.skipped:check.finding?check.finding.severity+' '+check.finding.code+': '+check.finding.summary:'passed']})))}
if(data.actions.length||data.omitted){
  var actions=section('Actions'),box=make('div'),search=make('input'),pick=make('select'),count=make('p','','muted');
  search.type='search';count.setAttribute('role','status');
  add(pick,make('option','all'));
  data.actions.map(function(action){return action.kind}).filter(function(kind,at,all){return all.indexOf(kind)===at}).forEach(function(kind){add(pick,make('option',kind))});
  add(actions,add(make('label','Find '),search),add(make('label','Kind '),pick),count,box);
  var show=function(){
    box.textContent='';var wanted=search.value.toLowerCase(),kind=pick.value,shown=0;
    data.actions.forEach(function(action){
      if(kind!=='all'&&action.kind!==kind)return;
      if(wanted&&(action.subject+' '+action.id).toLowerCase().indexOf(wanted)<0)return;
      shown++;var item=make('details');
      add(item,add(make('summary'),make('span',action.glyph+' '+action.verb+' ',action.kind+' glyph'),make('span',action.subject),make('code',' '+action.id,'muted')));
      item.addEventListener('toggle',function(){
        if(!item.open||item.childNodes.length>1)return;
        add(item,make('p','Step '+action.step,'muted'));
        action.details.forEach(function(text){add(item,make('p',text))});
        if(action.changes.length)add(item,table('Columns',['column','before','after'],action.changes.map(function(change){return change.slice(0,3)})));
        action.changes.forEach(function(change){change[3].forEach(function(text){add(item,make('p',change[0]+' '+text,'muted'))})})});
      add(box,item)});
    count.textContent=shown+' of '+data.actions.length+' actions'+(data.omitted?' ('+data.omitted+' more in plan.json)':'')};
  search.addEventListener('input',show);pick.addEventListener('change',show);show()}
})();
`;
