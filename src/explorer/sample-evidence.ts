import type { ExplorerPerson } from "./settings.js";

const digest = (digit: string) => digit.repeat(64);

/** What a channel of the operation's kind hands in for a person; a face wherever nothing else is said. */
export function sampleEvidence(
  rootField: string,
  person: ExplorerPerson | undefined,
  now: string,
  faceAssertion: string,
): readonly object[] {
  switch (rootField) {
    case "certificationRecord":
      return [{ identityDocument: { document: person?.document, expiresOn: "2035-12-31" } }];
    case "employerCertificationsSubmit":
      return [
        { document: { kind: "CERTIFICATION_FORM", sha256: digest("a") } },
        { document: { kind: "ID_COPY_BOTH_SIDES", sha256: digest("b") } },
        {
          document: {
            kind: "HOLDING_ID_PHOTO",
            sha256: digest("c"),
            capturedAt: now,
            shows: ["FACE", "TIME", "DOCUMENT"],
          },
        },
      ];
    case "homeVisitComplete":
      return [{ homeVisit: { visitedAt: now, visitorName: "李工作员" } }];
    default:
      return [{ faceAssertion }];
  }
}
