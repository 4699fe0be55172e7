import { sandboxPeople } from "../sandbox/sandbox-people.js";
import type { ExplorerPerson } from "./settings.js";

/** In Chinese, what the sandbox says of its people; who is not here keeps the English. */
const inChinese: Readonly<Record<string, string>> = {
  王建国: "有效：两个月前认证",
  李秀英: "有效：五个月前核准，尚未认证过",
  张桂兰: "即将到期：本月到期",
  刘志强: "即将到期：还有两个月",
  陈玉梅: "已逾期：本月起暂停发放",
  赵德福: "已逾期五个月：认证后可看到补发",
  黄淑珍: "已恢复：停发三个月后本月认证",
  吴海燕: "审核中：境外提交，尚无结论",
  周永福: "认证有效，因死亡信息暂停发放",
  买买提·艾力: "两项待遇：一次认证全部有效",
  何家明: "港澳居民居住证",
  "MARIA SANTOS": "外国人永久居留身份证",
};

/** Everyone, the person with the most to see first: overdue for months, so that certifying also pays back. */
export function examplePeople(): ExplorerPerson[] {
  const people = sandboxPeople.flatMap(({ name, documents: [document], phone, shows }) =>
    document ? [{ name, document, phone, shows: { "zh-CN": inChinese[name] ?? shows, en: shows } }] : [],
  );
  const first = people.find(({ shows }) => shows.en.startsWith("OVERDUE for"));
  return first ? [first, ...people.filter((person) => person !== first)] : people;
}
