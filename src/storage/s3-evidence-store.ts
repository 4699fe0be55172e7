import type { S3Client } from "@aws-sdk/client-s3";
import { type EvidenceStore, type EvidenceStoreOptions, EvidenceStoreUnavailable } from "./evidence-store.js";

type S3Options = Omit<Extract<EvidenceStoreOptions, { kind: "s3" }>, "kind">;
type Sdk = typeof import("@aws-sdk/client-s3");

const CONNECT_MS = 3_000;
const ANSWER_MS = 15_000;
const ATTEMPTS = 3;

/** Files in a bucket of S3 or of anything that speaks like it; credentials come the SDK's usual ways. */
export class S3EvidenceStore implements EvidenceStore {
  #opened: Promise<{ readonly sdk: Sdk; readonly client: S3Client }> | undefined;

  constructor(private readonly options: S3Options) {}

  async put(sha256: string, sealed: Buffer): Promise<void> {
    await this.#ask(({ sdk, client }) =>
      client.send(
        new sdk.PutObjectCommand({
          ...this.#placeOf(sha256),
          Body: sealed,
          ContentType: "application/octet-stream",
        }),
      ),
    );
  }

  async has(sha256: string): Promise<boolean> {
    const found = await this.#ask(({ sdk, client }) =>
      client.send(new sdk.HeadObjectCommand(this.#placeOf(sha256))),
    );
    return found !== null;
  }

  async get(sha256: string): Promise<Buffer | null> {
    return this.#ask(async ({ sdk, client }) => {
      const { Body } = await client.send(new sdk.GetObjectCommand(this.#placeOf(sha256)));
      if (!Body) throw new Error("an object without a body");
      return Buffer.from(await Body.transformToByteArray());
    });
  }

  async firstByte(sha256: string): Promise<number | null> {
    return this.#ask(async ({ sdk, client }) => {
      const range = new sdk.GetObjectCommand({ ...this.#placeOf(sha256), Range: "bytes=0-0" });
      const { Body } = await client.send(range);
      return (await Body?.transformToByteArray())?.[0] ?? null;
    });
  }

  #placeOf(sha256: string) {
    return { Bucket: this.options.bucket, Key: `evidence/${sha256.slice(0, 2)}/${sha256}.sealed` };
  }

  async #ask<T>(
    question: (opened: { readonly sdk: Sdk; readonly client: S3Client }) => Promise<T>,
  ): Promise<T | null> {
    try {
      this.#opened ??= openClient(this.options);
      return await question(await this.#opened);
    } catch (error) {
      const { $metadata, name } = error as { $metadata?: { httpStatusCode?: number }; name?: string };
      // A bucket that is missing is a fault of the installation, not a file that is missing.
      if ($metadata?.httpStatusCode === 404 && name !== "NoSuchBucket") return null;
      throw new EvidenceStoreUnavailable(error);
    }
  }
}

/** The SDK is loaded when the first file comes: a start does not wait for it, nor does who has no bucket. */
async function openClient({ region, endpoint }: S3Options) {
  const sdk = await import("@aws-sdk/client-s3");
  const client = new sdk.S3Client({
    region,
    maxAttempts: ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: ANSWER_MS, throwOnRequestTimeout: true },
    // Stores other than AWS know no checksum trailers and no bucket in the host's name.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    ...(endpoint ? { endpoint, forcePathStyle: true } : {}),
  });
  return { sdk, client };
}
