import { Observable, useObservable } from "./observable.js";

const chinese = {
  sandbox: "沙箱",
  production: "生产",
  sandboxHint: "虚构人员，可拨动时钟",
  productionHint: "真实数据：每次查询都有记录",
  sandboxClock: "沙箱时钟",
  serviceClock: "服务时间",
  beijingTime: "北京时间",
  signIn: "登录",
  signOut: "退出",
  change: "更换",
  kinds: { CHANNEL: "渠道", STAFF: "经办人员", EMPLOYER: "单位" } as Readonly<Record<string, string>>,
  signInTitle: "以谁的身份调用？",
  signInIntro: "选择一个沙箱客户端，页面即用它的密钥换取访问令牌。",
  signInIntroProduction: "粘贴访问令牌。令牌只在本标签页内保存，关闭即失效。",
  channelClients: "渠道",
  staffClients: "经办",
  pasteToken: "粘贴令牌",
  pasteTokenHint: "Bearer 访问令牌",
  useToken: "使用该令牌",
  close: "关闭",
  notSignedIn: "尚未登录。登录后即可运行请求，并载入接口文档。",
  ended: "访问令牌已失效，请重新登录。",
  unreachable: "服务没有应答，请稍后再试。",
  tokenRefused: "令牌未被接受。",
  noToken: "未能取得访问令牌。",
  operations: "常用操作",
  person: "示例人员",
  filled: "点击即在编辑器中打开，变量已填好。",
  writes: "写",
  loading: "正在打开 Explorer…",
  failed: "Explorer 未能打开，请刷新页面。",
};

export type Texts = typeof chinese;

const english: Texts = {
  sandbox: "Sandbox",
  production: "Production",
  sandboxHint: "Made-up people, a clock that can be moved",
  productionHint: "Real data: every read is logged",
  sandboxClock: "Sandbox clock",
  serviceClock: "Service time",
  beijingTime: "Beijing time",
  signIn: "Sign in",
  signOut: "Sign out",
  change: "Change",
  kinds: { CHANNEL: "Channel", STAFF: "Staff", EMPLOYER: "Employer" },
  signInTitle: "Who is calling?",
  signInIntro: "Choose a sandbox client; the page gets an access token with its secret.",
  signInIntroProduction: "Paste an access token. It is kept in this tab only, until you close it.",
  channelClients: "Channels",
  staffClients: "Staff",
  pasteToken: "Paste a token",
  pasteTokenHint: "Bearer access token",
  useToken: "Use this token",
  close: "Close",
  notSignedIn: "Not signed in. Sign in to run requests and to load the documentation.",
  ended: "The access token is no longer valid. Sign in again.",
  unreachable: "The service did not answer. Try again later.",
  tokenRefused: "The token was not accepted.",
  noToken: "No access token was given.",
  operations: "Operations",
  person: "Sample person",
  filled: "A click opens it in the editor with its variables filled in.",
  writes: "write",
  loading: "Opening the Explorer…",
  failed: "The Explorer could not be opened. Reload the page.",
};

export type Language = "zh-CN" | "en";

const KEY = "changqing-explorer:language";

function firstLanguage(): Language {
  const kept = localStorage.getItem(KEY);
  if (kept === "zh-CN" || kept === "en") return kept;
  return navigator.language.startsWith("en") ? "en" : "zh-CN";
}

export const language = new Observable<Language>(firstLanguage());

export function chooseLanguage(chosen: Language): void {
  localStorage.setItem(KEY, chosen);
  document.documentElement.lang = chosen;
  language.set(chosen);
}

export function textsIn(chosen: Language): Texts {
  return chosen === "en" ? english : chinese;
}

export function useTexts(): Texts {
  return textsIn(useObservable(language));
}
