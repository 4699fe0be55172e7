import type { CodegenConfig } from "@graphql-codegen/cli";

/** Types the documents of schema/operations for the integration tests. */
const config: CodegenConfig = {
  schema: "schema/schema.graphql",
  documents: "schema/operations/*.graphql",
  ignoreNoDocuments: false,
  importExtension: ".js",
  generates: {
    "integration-tests/testkit/gql/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: "string",
        enumsAsTypes: true,
        useTypeImports: true,
        defaultScalarType: "string",
        scalars: { Date: "string", YearMonth: "string", DateTime: "string", ID: "string" },
      },
    },
  },
};

export default config;
