import { type FormEvent, useEffect, useRef, useState } from "react";
import type { ExplorerClient } from "../settings.js";
import { useObservable } from "./observable.js";
import { isGoodToken } from "./requests.js";
import { session, signInAs, signInWith } from "./session.js";
import { settings } from "./settings-store.js";
import { language, useTexts } from "./texts.js";

interface SignInDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

export function SignInDialog({ open, onClose }: SignInDialogProps) {
  const texts = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    setProblem(null);
    if (!open) return dialog.current?.close();
    dialog.current?.showModal();
    dialog.current?.focus();
  }, [open]);

  const { sandbox } = useObservable(settings);
  const choose = async (client: ExplorerClient) => {
    const fault = await signInAs(client.id);
    if (fault === null) onClose();
    else setProblem(fault === "unreachable" ? texts.unreachable : texts.noToken);
  };
  const accept = async (token: string) => {
    if (!(await isGoodToken(token))) return setProblem(texts.tokenRefused);
    signInWith(token);
    onClose();
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a dialog closes by Escape already
    <dialog
      ref={dialog}
      className="sign-in"
      tabIndex={-1}
      aria-labelledby="sign-in-title"
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <div className="sign-in-body">
        <header>
          <h2 id="sign-in-title">{texts.signInTitle}</h2>
          <p>{sandbox ? texts.signInIntro : texts.signInIntroProduction}</p>
        </header>
        {sandbox && <Clients clients={sandbox.clients} onChoose={choose} />}
        <TokenForm onToken={accept} folded={sandbox !== null} />
        {problem && (
          <p className="problem" role="alert">
            {problem}
          </p>
        )}
      </div>
    </dialog>
  );
}

interface ClientsProps {
  readonly clients: readonly ExplorerClient[];
  readonly onChoose: (client: ExplorerClient) => void;
}

function Clients({ clients, onChoose }: ClientsProps) {
  const texts = useTexts();
  const of = (group: ExplorerClient["group"]) => clients.filter((client) => client.group === group);
  return (
    <>
      <h3>{texts.channelClients}</h3>
      <ClientList clients={of("channel")} onChoose={onChoose} />
      <h3>{texts.staffClients}</h3>
      <ClientList clients={of("staff")} onChoose={onChoose} />
    </>
  );
}

function ClientList({ clients, onChoose }: ClientsProps) {
  const chosen = useObservable(language);
  const present = useObservable(session)?.clientId;
  return (
    <ul className="clients">
      {clients.map((client) => (
        <li key={client.id}>
          <button
            type="button"
            aria-current={client.id === present ? "true" : undefined}
            data-client={client.id}
            onClick={() => onChoose(client)}
          >
            <span>{client.name[chosen]}</span>
            <code>{client.id}</code>
          </button>
        </li>
      ))}
    </ul>
  );
}

function TokenForm({
  onToken,
  folded,
}: {
  readonly onToken: (token: string) => void;
  readonly folded: boolean;
}) {
  const texts = useTexts();
  const field = useRef<HTMLInputElement>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const token = field.current?.value.trim().replace(/^Bearer\s+/i, "");
    if (!field.current || !token) return;
    field.current.value = "";
    onToken(token);
  };
  const form = (
    <form className="token" onSubmit={submit} autoComplete="off">
      <input
        ref={field}
        type="password"
        autoComplete="off"
        aria-label={texts.pasteTokenHint}
        placeholder={texts.pasteTokenHint}
      />
      <button type="submit" className="button button-primary">
        {texts.useToken}
      </button>
    </form>
  );
  if (!folded) return form;
  return (
    <details>
      <summary>{texts.pasteToken}</summary>
      {form}
    </details>
  );
}
