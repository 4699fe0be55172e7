import { useEffect, useState } from "react";
import { useObservable } from "./observable.js";
import { clockOffsetMs, fault, viewer } from "./requests.js";
import { session, signOut } from "./session.js";
import { settings } from "./settings-store.js";
import { chooseLanguage, language, useTexts } from "./texts.js";

interface BarProps {
  readonly onSignIn: () => void;
}

export function Bar({ onSignIn }: BarProps) {
  const texts = useTexts();
  const sandbox = useObservable(settings).mode === "sandbox";
  return (
    <header className="bar">
      <div className="bar-row">
        <div className="brand">
          <Mark />
          <strong>常青</strong>
          <span className="brand-more">Changqing · Explorer</span>
        </div>
        <span
          className={sandbox ? "badge" : "badge badge-production"}
          title={sandbox ? texts.sandboxHint : texts.productionHint}
        >
          {sandbox ? texts.sandbox : texts.production}
        </span>
        <Clock label={sandbox ? texts.sandboxClock : texts.serviceClock} />
        <SignedIn onSignIn={onSignIn} />
        <LanguageSwitch />
      </div>
      <Notice onSignIn={onSignIn} />
    </header>
  );
}

function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M16 5.5 9.6 14h3.1L8 20.5h6.6V26h2.8v-5.5H24L19.3 14h3.1z" />
    </svg>
  );
}

/** The service's clock, in Beijing time, going on by itself. */
function Clock({ label }: { readonly label: string }) {
  const offset = useObservable(clockOffsetMs);
  const chosen = useObservable(language);
  const texts = useTexts();
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), 1_000);
    return () => clearInterval(timer);
  }, []);
  if (offset === null) return <span className="clock" />;
  const now = new Date(Date.now() + offset);
  const inBeijing = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(chosen, { timeZone: "Asia/Shanghai", ...options }).format(now);
  return (
    <span className="clock" title={texts.beijingTime}>
      <span className="clock-label">{label}</span>
      <time dateTime={now.toISOString()}>
        {inBeijing({ dateStyle: chosen === "en" ? "medium" : "long" })}{" "}
        <b>{inBeijing({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" })}</b>
      </time>
    </span>
  );
}

function SignedIn({ onSignIn }: BarProps) {
  const texts = useTexts();
  const who = useObservable(viewer);
  const signedIn = useObservable(session) !== null;
  if (!signedIn) {
    return (
      <button type="button" className="button button-primary" onClick={onSignIn}>
        {texts.signIn}
      </button>
    );
  }
  return (
    <span className="caller">
      <button
        type="button"
        className="button caller-name"
        title={texts.change}
        onClick={onSignIn}
        data-kind={who?.kind}
      >
        <i aria-hidden="true" />
        <span>{who?.name ?? "…"}</span>
        {who && <small>{texts.kinds[who.kind] ?? who.kind}</small>}
      </button>
      <button type="button" className="button button-quiet" onClick={signOut}>
        {texts.signOut}
      </button>
    </span>
  );
}

function LanguageSwitch() {
  const chosen = useObservable(language);
  const other = chosen === "en" ? "zh-CN" : "en";
  return (
    <button type="button" className="button button-quiet" lang={other} onClick={() => chooseLanguage(other)}>
      {other === "en" ? "EN" : "中文"}
    </button>
  );
}

/** Says that nobody is signed in, or why requests fail. */
function Notice({ onSignIn }: BarProps) {
  const texts = useTexts();
  const signedIn = useObservable(session) !== null;
  const wrong = useObservable(fault);
  if (signedIn && wrong === null) return null;
  const message =
    wrong === "unreachable" ? texts.unreachable : wrong === "ended" ? texts.ended : texts.notSignedIn;
  return (
    <p className={wrong ? "notice notice-fault" : "notice"} role="status">
      {message}
      {!signedIn && (
        <button type="button" onClick={onSignIn}>
          {texts.signIn}
        </button>
      )}
    </p>
  );
}
