import type { GraphiQLPlugin } from "@graphiql/react";
import type { SavedOperation } from "../settings.js";
import { useObservable } from "./observable.js";
import { useActiveName, useOpenOperation } from "./open-operation.js";
import { operationNamed, person, settings } from "./settings-store.js";
import { language, useTexts } from "./texts.js";

/** The panel at the left: the documents of schema/operations. */
export const OPERATIONS_PLUGIN: GraphiQLPlugin = {
  title: "常用操作 Operations",
  icon: OperationsIcon,
  content: OperationsPanel,
};

function OperationsIcon() {
  return (
    <svg
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d="M3.5 5h1M7.5 5h9M3.5 10h1M7.5 10h9M3.5 15h1M7.5 15h9" />
    </svg>
  );
}

function OperationsPanel() {
  const texts = useTexts();
  const chosen = useObservable(language);
  const groups = Map.groupBy(useObservable(settings).operations, ({ group }) => group[chosen]);
  return (
    <section className="operations" aria-label={texts.operations}>
      <header>
        <h2>{texts.operations}</h2>
        <p>{texts.filled}</p>
      </header>
      <PersonPicker />
      {[...groups].map(([name, operations]) => (
        <div key={name} className="operation-group">
          <h3>{name}</h3>
          <ul>
            {operations.map((operation) => (
              <OperationRow key={operation.name} operation={operation} />
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

function OperationRow({ operation }: { readonly operation: SavedOperation }) {
  const texts = useTexts();
  const chosen = useObservable(language);
  const open = useOpenOperation();
  const active = useActiveName() === operation.name;
  return (
    <li>
      <button
        type="button"
        className="operation"
        aria-current={active ? "true" : undefined}
        data-operation={operation.name}
        onClick={() => open(operation)}
      >
        <span className="operation-title">
          {operation.title[chosen]}
          {operation.kind === "mutation" && <span className="writes">{texts.writes}</span>}
        </span>
        <code>{operation.name}</code>
      </button>
    </li>
  );
}

/** Another person goes into the variables at once, when they name one. */
function PersonPicker() {
  const texts = useTexts();
  const inLanguage = useObservable(language);
  const chosen = useObservable(person);
  const open = useOpenOperation();
  const active = operationNamed(useActiveName());
  const people = useObservable(settings).sandbox?.people ?? [];
  if (people.length === 0) return null;
  const pick = (name: string) => {
    person.set(people.find((candidate) => candidate.name === name));
    if (active && JSON.stringify(active.variables).includes('"subject"')) open(active);
  };
  return (
    <label className="person">
      <span>{texts.person}</span>
      <select value={chosen?.name} onChange={(event) => pick(event.target.value)}>
        {people.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <small>{chosen?.shows[inLanguage]}</small>
    </label>
  );
}
