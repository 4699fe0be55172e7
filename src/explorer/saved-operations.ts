import { readdirSync, readFileSync } from "node:fs";
import {
  buildSchema,
  type DocumentNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  visit,
} from "graphql";
import { type SampleFacts, sampleVariables } from "./sample-variables.js";
import type { BothLanguages, SavedOperation } from "./settings.js";

/** In the order in which one meets them; a document that is not named here follows. */
const customaryOrder = [
  "PensionerStatus",
  "CertificationPreview",
  "PensionerHistory",
  "PensionerStatuses",
  "Certification",
  "Node",
  "Channels",
  "Viewer",
  "CertificationStart",
  "SandboxFaceAssertion",
  "CertificationComplete",
  "CertificationCancel",
];

const groupNames: Readonly<Record<string, string>> = {
  "Look up": "查询",
  Certify: "认证",
  Centre: "街镇中心",
  Staff: "经办",
  Payroll: "发放",
  Audit: "审计",
  Counter: "窗口",
  Employer: "单位",
  Visit: "上门",
  Review: "审核",
  Sandbox: "沙箱",
};

interface SourceFile {
  readonly text: string;
  readonly document: DocumentNode;
}

/** The documents of schema/operations: each with the fragments it uses, its titles, and the schema to fill it by. */
export class SavedOperations {
  readonly #schema: GraphQLSchema;
  readonly #files: readonly SourceFile[];
  readonly #fragments = new Map<string, { readonly node: FragmentDefinitionNode; readonly text: string }>();

  /** Reads the folder `schema`, which holds the schema and the operations. */
  constructor(folder: URL) {
    this.#schema = buildSchema(readFileSync(new URL("schema.graphql", folder), "utf8"));
    const operations = new URL("operations/", folder);
    this.#files = readdirSync(operations)
      .filter((file) => file.endsWith(".graphql"))
      .map((file) => {
        const text = readFileSync(new URL(file, operations), "utf8").trim();
        return { text, document: parse(text) };
      });
    for (const { text, document } of this.#files) {
      for (const node of document.definitions) {
        if (node.kind !== Kind.FRAGMENT_DEFINITION) continue;
        this.#fragments.set(node.name.value, { node, text: text.slice(node.loc?.start, node.loc?.end) });
      }
    }
  }

  /** With variables that fit the facts. */
  list(facts: SampleFacts): readonly SavedOperation[] {
    const place = (name: string) => {
      const index = customaryOrder.indexOf(name);
      return index < 0 ? customaryOrder.length : index;
    };
    return this.#files
      .flatMap(({ text, document }) => {
        const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
        return operation?.name ? [this.#saved(operation, operation.name.value, text, document, facts)] : [];
      })
      .sort((a, b) => place(a.name) - place(b.name));
  }

  #saved(
    operation: OperationDefinitionNode,
    name: string,
    text: string,
    document: DocumentNode,
    facts: SampleFacts,
  ): SavedOperation {
    const { group, title } = headingOf(text, operation.operation);
    const fragments = [...this.#fragmentsOf(document)].map((used) => this.#fragments.get(used)?.text ?? "");
    return {
      name,
      group,
      title,
      kind: operation.operation,
      document: [text, ...fragments].join("\n\n"),
      variables: sampleVariables(this.#schema, operation, facts),
    };
  }

  /** The fragments of other files that a document needs, also through each other. */
  #fragmentsOf(document: DocumentNode): ReadonlySet<string> {
    const needed = new Set<string>();
    const own = new Set(
      document.definitions.flatMap((node) =>
        node.kind === Kind.FRAGMENT_DEFINITION ? [node.name.value] : [],
      ),
    );
    const collect = (node: DocumentNode | FragmentDefinitionNode) => {
      visit(node, {
        [Kind.FRAGMENT_SPREAD]: ({ name }: FragmentSpreadNode) => {
          if (own.has(name.value) || needed.has(name.value)) return;
          needed.add(name.value);
          const fragment = this.#fragments.get(name.value);
          if (fragment) collect(fragment.node);
        },
      });
    };
    collect(document);
    return needed;
  }
}

/** The first line is `# English sentence. 中文`; who it is for may stand before it: `# Staff: …`. */
function headingOf(text: string, kind: string): { group: BothLanguages; title: BothLanguages } {
  const heading = /^# (?:(\w+): )?(.+?)\s*(\p{Script=Han}.*)?$/mu.exec(text);
  const [, audience = kind === "query" ? "Look up" : "Certify", english = "", chinese = english] =
    heading ?? [];
  return {
    group: { "zh-CN": groupNames[audience] ?? audience, en: audience },
    title: { "zh-CN": chinese, en: english.charAt(0).toUpperCase() + english.slice(1) },
  };
}
