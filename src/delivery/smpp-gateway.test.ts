import { execFileSync, spawnSync } from "node:child_process";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SmppServer } from "../../integration-tests/testkit/smpp-server.js";
import { SmppGateway, type SmppOptions, type SmppTiming } from "./smpp-gateway.js";
import type { SmsReceipt } from "./sms-gateway.js";

const message = { id: "m1", phone: "13800000000", body: "【北京市人力社保局】您好" };
const long = { ...message, body: `${"认证有效期已延长至月末，".repeat(12)}𠮷` };
const timing = { answerMs: 300, connectMs: 1_000, reconnectMs: 20, throttledMs: 20, receiptGraceMs: 5 };

let server: SmppServer;
let logged: object[];
const opened: SmppGateway[] = [];

beforeEach(async () => {
  server = await SmppServer.start();
  logged = [];
});

afterEach(async () => {
  for (const gateway of opened.splice(0)) await gateway[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

function open(options: Partial<SmppOptions> = {}, times: Partial<SmppTiming> = {}): SmppGateway {
  const log = { info: () => undefined, warn: (fields: object) => logged.push(fields) };
  const address = { host: "127.0.0.1", port: server.port, systemId: "agency", password: "s3cret" };
  const usual = { source: "10691233", numbers: "international", messageIds: "same", window: 10 } as const;
  const gateway = new SmppGateway({ ...address, ...usual, ...options }, log, { ...timing, ...times });
  opened.push(gateway);
  return gateway;
}

function listen(gateway: SmppGateway): SmsReceipt[] {
  const receipts: SmsReceipt[] = [];
  gateway.onReceipt(async (receipt) => void receipts.push(receipt));
  return receipts;
}

/** The text as a phone puts it together. */
function reassembled(): string {
  const parts = server.submitted.map(({ short_message: part }) =>
    typeof part === "object" && "message" in part ? part.message : "",
  );
  return parts.join("");
}

function hasOpenssl(): boolean {
  return spawnSync("openssl", ["version"]).status === 0;
}

function newCertificate(): { readonly key: string; readonly cert: string } {
  const asked =
    "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost";
  const pem = execFileSync("openssl", [...asked.split(" "), "-keyout", "-", "-out", "-"], {
    stdio: "pipe",
  }).toString();
  const block = (kind: string) =>
    new RegExp(`-----BEGIN ${kind}-----[^]*?-----END ${kind}-----`).exec(pem)?.[0] ?? "";
  return { key: block("PRIVATE KEY"), cert: block("CERTIFICATE") };
}

describe("a message by SMPP", () => {
  test("is taken, with source, destination and the wish for a receipt", async () => {
    expect(await open().send(message)).toEqual({ kind: "accepted", gatewayMessageId: "id-1" });
    expect(server.submitted[0]).toMatchObject({
      source_addr: "10691233",
      destination_addr: "8613800000000",
      dest_addr_ton: 1,
      dest_addr_npi: 1,
      registered_delivery: 1,
      data_coding: 8,
      short_message: { message: message.body },
    });
  });

  test("in parts is the same text on the phone, and has its first part's id", async () => {
    expect(await open().send(long)).toEqual({ kind: "accepted", gatewayMessageId: "id-1" });
    expect(server.submitted).toHaveLength(3);
    expect(reassembled()).toBe(long.body);
    const headers = server.submitted.map((pdu) => (pdu.short_message as unknown as { udh: Buffer[] }).udh[0]);
    expect(headers.map((header) => [...(header ?? [])].slice(3))).toEqual([
      [3, 1],
      [3, 2],
      [3, 3],
    ]);
  });

  test.each([
    [0x0b, { kind: "rejected", reason: "ESME_RINVDSTADR", badNumber: true }],
    [0x0a, { kind: "rejected", reason: "ESME_RINVSRCADR", badNumber: false }],
    [0x08, { kind: "failed", reason: "ESME_RSYSERR" }],
    [0x58, { kind: "throttled", retryAfterMs: 20 }],
    [0x14, { kind: "throttled", retryAfterMs: 20 }],
    [0x401, { kind: "failed", reason: "SMPP_0x00000401" }],
  ])("that is refused with %i", async (command_status, outcome) => {
    server.submit = () => ({ command_status });
    expect(await open().send(message)).toEqual(outcome);
  });

  test("without an answer may have been sent", async () => {
    server.submit = () => null;
    expect(await open().send(message)).toEqual({ kind: "unknown", reason: "SMPP_NO_ANSWER" });
  });

  test("of which a part was taken and another refused may have arrived in part", async () => {
    server.submit = () => (server.submitted.length === 1 ? { message_id: "a" } : { command_status: 8 });
    expect(await open().send(long)).toEqual({ kind: "unknown", reason: "SENT_IN_PART" });
  });

  test("of which a later part is throttled is completed", async () => {
    server.submit = () =>
      server.submitted.length === 2 ? { command_status: 0x58 } : { message_id: `${server.submitted.length}` };
    expect(await open().send(long)).toEqual({ kind: "accepted", gatewayMessageId: "1" });
  });

  test("waits where the window is full", async () => {
    let open_ = 0;
    let most = 0;
    server.submit = (pdu, session) => {
      most = Math.max(most, ++open_);
      setTimeout(() => {
        open_ -= 1;
        session.send(pdu.response({ message_id: `${pdu.sequence_number}` }));
      }, 10);
      return null;
    };
    const gateway = open({ window: 2 });
    const sending = Array.from({ length: 8 }, (_, at) => gateway.send({ ...message, id: `m${at}` }));
    expect((await Promise.all(sending)).every(({ kind }) => kind === "accepted")).toBe(true);
    expect(most).toBe(2);
  });
});

describe("the link", () => {
  test("that is refused leaves messages unsent and its password unsaid", async () => {
    server.bindStatus = 0x0e;
    expect(await open().send(message)).toEqual({ kind: "failed", reason: "SMPP_BIND_ESME_RINVPASWD" });
    await vi.waitFor(() => expect(logged).not.toEqual([]));
    expect(JSON.stringify(logged)).not.toMatch(/s3cret|138/);
  });

  test("that breaks after the message was written leaves it unknown, and is made anew", async () => {
    const port = server.port;
    server.submit = (_, session) => {
      session.destroy();
      return null;
    };
    const gateway = open();
    expect(await gateway.send(message)).toEqual({ kind: "unknown", reason: "SMPP_CONNECTION_LOST" });
    await server[Symbol.asyncDispose]();
    await vi.waitFor(async () => expect((await gateway.send(message)).kind).toBe("failed"));
    server = await SmppServer.start(port);
    await vi.waitFor(async () => expect((await gateway.send(message)).kind).toBe("accepted"), 5_000);
  });

  test.skipIf(!hasOpenssl())(
    "is encrypted on demand, and only with whom the authority vouches for",
    async () => {
      await server[Symbol.asyncDispose]();
      const { key, cert } = newCertificate();
      server = await SmppServer.start(0, { key, cert });
      expect(await open({ host: "localhost", tls: { ca: cert } }).send(message)).toMatchObject({
        kind: "accepted",
      });
      expect(await open({ host: "localhost", tls: {} }).send(message)).toEqual({
        kind: "failed",
        reason: "SMPP_DEPTH_ZERO_SELF_SIGNED_CERT",
      });
    },
  );

  test("is left with a farewell", async () => {
    const gateway = open();
    await gateway.send(message);
    await gateway[Symbol.asyncDispose]();
    expect(server.unbinds).toBe(1);
    expect(await gateway.send(message)).toEqual({ kind: "failed", reason: "SMPP_STOPPING" });
  });
});

describe("a receipt", () => {
  test("says that the message was delivered, or why not", async () => {
    const gateway = open();
    const receipts = listen(gateway);
    await gateway.send(message);
    await gateway.send({ ...message, id: "m2" });
    server.receipt("id-1", "DELIVRD");
    server.receipt("ID-2", "UNDELIV", "001");
    await vi.waitFor(() => expect(server.deliveryAnswers).toEqual([0, 0]));
    expect(receipts).toEqual([
      { gatewayMessageId: "id-1", delivered: true, reason: null, badNumber: false },
      { gatewayMessageId: "id-2", delivered: false, reason: "UNDELIV_001", badNumber: true },
    ]);
  });

  test("may come before the answer to the message", async () => {
    server.submit = (pdu, session) => {
      server.receipt("early", "DELIVRD");
      setTimeout(() => session.send(pdu.response({ message_id: "early" })), 50);
      return null;
    };
    const gateway = open();
    let isSent = false;
    const seen: boolean[] = [];
    gateway.onReceipt(async () => void seen.push(isSent));
    await gateway.send(message);
    isSent = true;
    await vi.waitFor(() => expect(seen).toEqual([true]));
  });

  test("of several parts is one: delivered when all are, failed when one is", async () => {
    const gateway = open();
    const receipts = listen(gateway);
    await gateway.send(long);
    await gateway.send({ ...long, id: "m2" });
    for (const id of ["id-3", "id-1", "id-2", "id-4"]) server.receipt(id, "DELIVRD");
    server.receipt("id-6", "EXPIRED");
    server.receipt("id-5", "DELIVRD");
    await vi.waitFor(() => expect(server.deliveryAnswers).toHaveLength(6));
    expect(receipts).toEqual([
      { gatewayMessageId: "id-1", delivered: true, reason: null, badNumber: false },
      { gatewayMessageId: "id-4", delivered: false, reason: "EXPIRED", badNumber: false },
    ]);
  });

  test("that was not noted is to come again", async () => {
    const gateway = open();
    const noted: SmsReceipt[] = [];
    let attempts = 0;
    gateway.onReceipt(async (receipt) => {
      if (++attempts === 1) throw new Error("the database did not answer");
      noted.push(receipt);
    });
    await gateway.send(message);
    server.receipt("id-1", "DELIVRD");
    await vi.waitFor(() => expect(server.deliveryAnswers).toEqual([0x64]));
    server.receipt("id-1", "DELIVRD");
    await vi.waitFor(() => expect(server.deliveryAnswers).toEqual([0x64, 0]));
    expect(noted).toHaveLength(1);
  });

  test("after a restart matches by its own id, in the form that the answer had", async () => {
    server.submit = () => ({ message_id: "1A2B" });
    const before = open({ messageIds: "hex-then-decimal" });
    expect(await before.send(message)).toEqual({ kind: "accepted", gatewayMessageId: "6699" });
    await before[Symbol.asyncDispose]();
    const receipts = listen(open({ messageIds: "hex-then-decimal" }));
    await vi.waitFor(() => {
      server.receipt("0000006699", "DELIVRD");
      expect(receipts[0]).toMatchObject({ gatewayMessageId: "6699", delivered: true });
    });
  });

  test("in parameters is read like one in words; a text from a phone is not one", async () => {
    const gateway = open();
    const receipts = listen(gateway);
    server.submit = () => ({ message_id: "a_b@1" });
    await gateway.send(message);
    server.deliver({ esm_class: 0, short_message: Buffer.from("id:a_b@1 stat:REJECTD") });
    server.deliver({ esm_class: 4, receipted_message_id: "a_b@1", message_state: 1 });
    server.deliver({ esm_class: 4, receipted_message_id: "a_b@1", message_state: 8 });
    await vi.waitFor(() => expect(server.deliveryAnswers).toEqual([0, 0, 0]));
    expect(receipts).toEqual([
      { gatewayMessageId: "a_b@1", delivered: false, reason: "REJECTD", badNumber: false },
    ]);
  });
});
