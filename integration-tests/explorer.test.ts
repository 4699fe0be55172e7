import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import Fastify from "fastify";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { routeExplorer } from "../src/explorer/route.js";
import type { ExplorerSettings } from "../src/explorer/settings.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const hasChromium = existsSync(CHROMIUM);
const inBrowser = hasChromium ? "in a browser" : `in a browser (left out: no Chromium at ${CHROMIUM})`;

let sandbox: SandboxServer;

describe.runIf(inject("backend").kind === "embedded")("the Explorer", () => {
  beforeAll(async () => {
    // Takes no time when the page is up to date.
    await promisify(execFile)(process.execPath, ["src/explorer/page/build.mjs"]);
    sandbox = await startSandbox({ clock: "2026-04-15T01:00:00Z" });
  });
  afterAll(() => sandbox?.[Symbol.asyncDispose]());

  test("may load and ask nothing but its own host", async () => {
    const response = await fetch(`${sandbox.server.address}/explorer`);
    expect(response.status).toBe(200);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    const policy = response.headers.get("content-security-policy");
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval|script-src[^;]*unsafe-inline/);
    expect(await response.text()).not.toMatch(/https?:|<script>|<style| on\w+=/);
  });

  test("its files are compressed where that is understood, and kept", async () => {
    const { address } = sandbox.server;
    const html = await (await fetch(`${address}/explorer`)).text();
    const [script = ""] = /\/explorer\/assets\/boot-\w+\.js/.exec(html) ?? [];
    const compressed = await fetch(address + script, { headers: { "accept-encoding": "gzip, br" } });
    expect(Object.fromEntries(compressed.headers)).toMatchObject({
      "cache-control": "public, max-age=31536000, immutable",
      "content-encoding": "br",
      "content-type": "text/javascript; charset=utf-8",
      vary: "accept-encoding",
      "x-content-type-options": "nosniff",
    });
    const plain = await fetch(address + script, { headers: { "accept-encoding": "gzip" } });
    expect(plain.headers.get("content-encoding")).toBeNull();
    expect(await plain.text()).toBe(await compressed.text());
    const etag = compressed.headers.get("etag") ?? "";
    const again = await fetch(address + script, { headers: { "if-none-match": etag } });
    expect(again.status).toBe(304);
    expect((await fetch(`${address}/explorer/assets/..%2Findex.html`)).status).toBe(404);
  });

  test("in production it knows neither clients nor people", async () => {
    await using http = Fastify();
    const { sealing, services } = sandbox.app;
    routeExplorer(http, { config: { mode: "production" }, services, sealing });
    const settings = (await http.inject("/explorer/settings.json")).json<ExplorerSettings>();
    expect(settings).toMatchObject({ mode: "production", now: null, sandbox: null });
    expect(settings.operations.find(({ name }) => name === "PensionerStatus")?.variables).toEqual({
      subject: { name: "", document: { type: "RESIDENT_ID", number: "" } },
    });
    expect((await http.inject("/explorer")).statusCode).toBe(200);
  });

  describe.skipIf(!hasChromium)(inBrowser, browserTests);
});

function browserTests(): void {
  test("a channel signs in and reads a status; nothing leaves the host and no token stays", async () => {
    await using browser = await openBrowser();
    const { page, seen } = browser;
    await page.goto(`${sandbox.server.address}/explorer#PensionerStatus`);
    await page.locator("[data-client=sandbox-icbc-app]").click();
    await page.locator(".caller-name[data-kind=CHANNEL]").waitFor();
    expect(await page.locator(".caller-name").textContent()).toContain("沙箱工商银行App");
    expect(await page.locator(".clock").textContent()).toMatch(/2026年4月15日\s*09:0/);

    await run(page);
    await answerHolds(page, /"validThrough": "2025-10-31"/);
    const token = await page.evaluate<string>(
      "JSON.parse(sessionStorage['changqing-explorer:session']).token",
    );
    expect(token).toMatch(/^eyJ/);
    expect(await page.evaluate<string>("JSON.stringify(localStorage)")).not.toMatch(/eyJ|赵德福|110221/);
    expect(page.url()).toBe(`${sandbox.server.address}/explorer#PensionerStatus`);

    await page.getByRole("button", { name: "退出" }).click();
    await page.locator("dialog[open]").waitFor();
    expect(await page.evaluate<string>("JSON.stringify(sessionStorage)")).not.toMatch(/eyJ|session"/);
    expect(seen.urls.filter((url) => url.includes(token))).toEqual([]);
    expect(seen.urls.filter((url) => !url.startsWith(`${sandbox.server.address}/`))).toEqual([]);
    expect(seen.complaints).toEqual([]);
  });

  test("a certification is three clicks: what one answer holds, the next operation gets", async () => {
    await using browser = await openBrowser();
    const { page, seen } = browser;
    await page.goto(`${sandbox.server.address}/explorer#CertificationStart`);
    await page.locator("[data-client=sandbox-huaxia-app]").click();
    await page.locator(".caller-name[data-kind]").waitFor();
    await page.locator(".person select").selectOption("陈玉梅");
    await run(page);
    await answerHolds(page, /"state": "OPEN"/);
    await page.locator("[data-operation=SandboxFaceAssertion]").click();
    await run(page);
    await answerHolds(page, /"faceAssertion":\s*"eyJ/);
    await page.locator("[data-operation=CertificationComplete]").click();
    await run(page);
    await answerHolds(page, /"state": "PASSED"/);
    await page.locator("[data-operation=SandboxClockAdvance]").click();
    await run(page);
    await expect.poll(() => page.locator(".clock").textContent()).toMatch(/2026年5月1日\s*09:0/);
    expect(seen.complaints).toEqual([]);
  });

  test("a token that does not do is said to", async () => {
    await using browser = await openBrowser();
    const { page } = browser;
    await page.goto(`${sandbox.server.address}/explorer`);
    await page.getByText("粘贴令牌").click();
    await page.locator(".token input").fill("Bearer no-token");
    await page.locator(".token button").click();
    await page.getByText("令牌未被接受。").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("status").getByText("尚未登录").waitFor();
  });
}

async function run(page: Page): Promise<void> {
  await page.locator(".graphiql-query-editor .view-line").first().waitFor();
  await page.getByRole("button", { name: /^Execute query/ }).click();
}

/** As it is to be read: the window is high enough for the whole answer. */
async function answerHolds(page: Page, expected: RegExp): Promise<void> {
  const answer = page.locator(".result-window .view-lines");
  await expect
    .poll(async () => ((await answer.textContent()) ?? "").replaceAll("\u00a0", " "), { timeout: 30_000 })
    .toMatch(expected);
}

interface Browser extends AsyncDisposable {
  readonly page: Page;
  readonly seen: {
    /** Of everything that was asked for. */
    readonly urls: readonly string[];
    /** Errors of the page, and what its policy forbade. */
    readonly complaints: readonly string[];
  };
}

async function openBrowser(): Promise<Browser> {
  const directory = await mkdtemp(join(tmpdir(), "changqing-browser-"));
  const context: BrowserContext = await chromium.launchPersistentContext(directory, {
    executablePath: CHROMIUM,
    headless: true,
    locale: "zh-CN",
    viewport: { width: 1440, height: 3000 },
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  const urls: string[] = [];
  const complaints: string[] = [];
  context.on("request", (request) => urls.push(request.url()));
  context.on("console", (message) => {
    if (message.type() === "error" || /Content Security Policy/i.test(message.text()))
      complaints.push(`${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (fault) => complaints.push(fault.error().message));
  const page = context.pages()[0] ?? (await context.newPage());
  return {
    page,
    seen: { urls, complaints },
    [Symbol.asyncDispose]: async () => {
      await context.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
