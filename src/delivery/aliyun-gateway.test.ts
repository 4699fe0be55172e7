import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AliyunGateway } from "./aliyun-gateway.js";
import type { SmsReceipt } from "./sms-gateway.js";

const message = { id: "m1", phone: "13800000000", body: "【北京市人力社保局】您好" };

interface Question {
  readonly action: string | undefined;
  readonly authorization: string | undefined;
  readonly query: Readonly<Record<string, string>>;
}

/** What the stub says to SendSms and to QuerySendDetails; null: nothing. */
let answers: Record<string, { readonly status?: number; readonly body: object } | null>;
let asked: Question[];
let stub: Server;
let gateway: AliyunGateway;

beforeEach(async () => {
  answers = {};
  asked = [];
  stub = createServer((request, response) => {
    const action = String(request.headers["x-acs-action"]);
    const query = Object.fromEntries(new URL(request.url ?? "", "http://stub").searchParams);
    asked.push({ action, authorization: request.headers.authorization, query });
    const answer = answers[action];
    if (!answer) return;
    response.writeHead(answer.status ?? 200, { "content-type": "application/json" });
    response.end(JSON.stringify(answer.body));
  });
  stub.listen(0, "127.0.0.1");
  await once(stub, "listening");
  const endpoint = `http://127.0.0.1:${(stub.address() as AddressInfo).port}`;
  const keys = { accessKeyId: "key", accessKeySecret: "s3cret" };
  gateway = new AliyunGateway(
    { ...keys, endpoint, signName: "北京市人力社保局", templateCode: "SMS_1" },
    { answerMs: 300, askAfterMs: [20, 40, 60] },
  );
  // The first one loads the SDK.
}, 60_000);

afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  stub.closeAllConnections();
  stub.close();
});

function details(sendStatus: number, errCode = "", outId = "m1") {
  const smsSendDetailDTO = [{ outId, sendStatus, errCode, phoneNum: "13800000000" }];
  return { body: { Code: "OK", SmsSendDetailDTOs: { SmsSendDetailDTO: smsSendDetailDTO.map(capitals) } } };
}

const capitals = (row: object) =>
  Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key[0]?.toUpperCase() + key.slice(1), value]),
  );

describe("a message by Aliyun", () => {
  test("is signed, and carries the text without its sign in the template's one variable", async () => {
    answers["SendSms"] = { body: { Code: "OK", BizId: "9006" } };
    expect(await gateway.send(message)).toEqual({ kind: "accepted", gatewayMessageId: "m1" });
    expect(asked[0]?.authorization).toMatch(/^ACS3-HMAC-SHA256 Credential=key,.*Signature=[0-9a-f]{64}$/);
    expect(asked[0]?.query).toEqual({
      PhoneNumbers: "13800000000",
      SignName: "北京市人力社保局",
      TemplateCode: "SMS_1",
      TemplateParam: '{"content":"您好"}',
      OutId: "m1",
    });
  });

  test.each([
    ["isv.BUSINESS_LIMIT_CONTROL", "触发小时级流控Permits:5", { kind: "throttled", retryAfterMs: 3_600_000 }],
    ["isv.BUSINESS_LIMIT_CONTROL", "触发分钟级流控Permits:1", { kind: "throttled", retryAfterMs: 60_000 }],
    [
      "isv.MOBILE_NUMBER_ILLEGAL",
      "13800000000",
      { kind: "rejected", reason: "isv.MOBILE_NUMBER_ILLEGAL", badNumber: true },
    ],
    [
      "isv.SMS_TEMPLATE_ILLEGAL",
      "",
      { kind: "rejected", reason: "isv.SMS_TEMPLATE_ILLEGAL", badNumber: false },
    ],
    ["isv.AMOUNT_NOT_ENOUGH", "", { kind: "failed", reason: "isv.AMOUNT_NOT_ENOUGH" }],
    ["isp.SYSTEM_ERROR", "", { kind: "failed", reason: "isp.SYSTEM_ERROR" }],
  ])("that is answered with %s (%s)", async (Code, Message, outcome) => {
    answers["SendSms"] = { body: { Code, Message } };
    expect(await gateway.send(message)).toEqual(outcome);
  });

  test.each([
    [400, "Throttling.User", { kind: "throttled", retryAfterMs: 60_000 }],
    [403, "InvalidAccessKeyId.NotFound", { kind: "failed", reason: "InvalidAccessKeyId.NotFound" }],
    [500, "InternalError", { kind: "unknown", reason: "InternalError" }],
    [503, "ServiceUnavailable", { kind: "failed", reason: "ServiceUnavailable" }],
  ])("whose call is refused with %i %s", async (status, Code, outcome) => {
    answers["SendSms"] = { status, body: { Code, Message: "no" } };
    expect(await gateway.send(message)).toEqual(outcome);
  });

  test("without an answer may have been sent, and is asked once", async () => {
    answers["SendSms"] = null;
    expect(await gateway.send(message)).toEqual({ kind: "unknown", reason: "ALIYUN_NO_ANSWER" });
    expect(asked).toHaveLength(1);
  });

  test("that reached nobody was surely not sent", async () => {
    stub.close();
    expect(await gateway.send(message)).toEqual({ kind: "failed", reason: "ALIYUN_NOT_CONNECTED" });
  });
});

describe("a lost answer", () => {
  test.each([
    ["was taken", details(1), { kind: "accepted", gatewayMessageId: "m1" }],
    [
      "was taken and failed",
      details(2, "MK:0001"),
      { kind: "rejected", reason: "ALIYUN_MK:0001", badNumber: true },
    ],
    ["is not on record", details(3, "", "another"), null],
    ["cannot be asked for", { status: 500, body: {} }, { kind: "unknown", reason: "ALIYUN_NO_ANSWER" }],
  ])("of a message that %s", async (_, answer, outcome) => {
    answers["QuerySendDetails"] = answer;
    expect(await gateway.query(message)).toEqual(outcome);
    expect(asked[0]?.query).toMatchObject({ PhoneNumber: "13800000000", CurrentPage: "1" });
  });
});

test("a receipt is asked for until there is one that the listener noted", async () => {
  answers["SendSms"] = { body: { Code: "OK" } };
  answers["QuerySendDetails"] = details(3);
  const noted: SmsReceipt[] = [];
  let attempts = 0;
  gateway.onReceipt(async (receipt) => {
    if (++attempts === 1) throw new Error("the database did not answer");
    noted.push(receipt);
  });
  await gateway.send(message);
  const delivered = { gatewayMessageId: "m1", delivered: true, reason: null, badNumber: false };
  await vi.waitFor(() => expect(noted).toEqual([delivered]));
});
