import { describe, expect, test } from "vitest";
import { isPublicAddress, parseWebhookUrl } from "./webhook-url.js";

const production = { loopback: false };
const sandbox = { loopback: true };

describe("addresses", () => {
  test.each(["1.1.1.1", "114.114.114.114", "2400:3200::1", "2606:4700:4700::1111"])(
    "%s is public",
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  test.each([
    ["unspecified", "0.0.0.0"],
    ["of this network", "0.1.2.3"],
    ["loopback", "127.0.0.1"],
    ["loopback of another number", "127.255.255.254"],
    ["private", "10.0.0.1"],
    ["private", "172.16.0.1"],
    ["private", "192.168.1.1"],
    ["shared by carriers", "100.64.0.1"],
    ["link-local, where clouds keep credentials", "169.254.169.254"],
    ["shared, where clouds keep credentials", "100.100.100.200"],
    ["multicast", "224.0.0.1"],
    ["broadcast", "255.255.255.255"],
    ["reserved", "240.0.0.1"],
    ["for documents", "203.0.113.1"],
    ["for benchmarks", "198.18.0.1"],
    ["unspecified", "::"],
    ["loopback", "::1"],
    ["IPv4-mapped", "::ffff:127.0.0.1"],
    ["IPv4-mapped, public", "::ffff:1.1.1.1"],
    ["IPv4-compatible", "::7f00:1"],
    ["NAT64", "64:ff9b::7f00:1"],
    ["NAT64 of one's own", "64:ff9b:1::1"],
    ["6to4", "2002:7f00:1::1"],
    ["Teredo", "2001::1"],
    ["unique local", "fc00::1"],
    ["link-local", "fe80::1"],
    ["site-local", "fec0::1"],
    ["multicast", "ff02::1"],
    ["for documents", "2001:db8::1"],
    ["no address", "example.com"],
  ])("%s is not: %s", (_, address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe("URLs", () => {
  test.each([
    "https://hooks.example.com/changqing?x=1",
    "https://hooks.example.com:8443/",
    "https://1.1.1.1/hooks",
    "https://[2606:4700:4700::1111]/hooks",
    "https://xn--fiqs8s.xn--fiqs8s/",
  ])("%s may be sent to", (url) => {
    expect(parseWebhookUrl(url, production)?.protocol).toBe("https:");
    expect(parseWebhookUrl(url, sandbox)).not.toBeNull();
  });

  test.each([
    ["not encrypted", "http://hooks.example.com/"],
    ["another port", "https://hooks.example.com:22/"],
    ["credentials", "https://user:secret@hooks.example.com/"],
    ["a user alone", "https://user@hooks.example.com/"],
    ["a fragment", "https://hooks.example.com/#x"],
    ["another scheme", "ftp://hooks.example.com/"],
    ["a file", "file:///etc/passwd"],
    ["no URL", "hooks.example.com"],
    ["nothing", ""],
    ["a blank", "https://hooks.example.com/a b"],
    ["letters beyond ASCII", "https://例子.中国/"],
    ["a line break", "https://hooks.example.com/\r\nx: y"],
    ["a private address", "https://10.0.0.1/"],
    ["an address in another notation", "https://2130706433.1/"],
    ["metadata of a cloud", "https://169.254.169.254/latest"],
    ["a mapped address", "https://[::ffff:10.0.0.1]/"],
    ["a name of one's own network", "https://database/"],
    ["a name of one's own network", "https://printer.local/"],
    ["a name of one's own network", "https://db.internal/"],
    ["too long", `https://hooks.example.com/${"x".repeat(500)}`],
  ])("%s is refused, in a sandbox too: %s", (_, url) => {
    expect(parseWebhookUrl(url, production)).toBeNull();
    expect(parseWebhookUrl(url, sandbox)).toBeNull();
  });

  test.each([
    "http://localhost:3000/hooks",
    "http://127.0.0.1:3000/",
    "https://[::1]:3000/",
    "http://2130706433/",
    "http://0x7f.1/",
  ])("one's own machine is for a sandbox alone: %s", (url) => {
    expect(parseWebhookUrl(url, production)).toBeNull();
    expect(parseWebhookUrl(url, sandbox)).not.toBeNull();
  });
});
