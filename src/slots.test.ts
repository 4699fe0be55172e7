import { expect, test } from "vitest";
import { Slots } from "./slots.js";

test("so many at once, the others in turn, and a failure gives its place up", async () => {
  const slots = new Slots(2);
  let running = 0;
  let most = 0;
  const order: number[] = [];
  const work = (number: number) =>
    slots.run(async () => {
      running += 1;
      most = Math.max(most, running);
      order.push(number);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running -= 1;
      if (number % 3 === 0) throw new Error(`${number}`);
      return number;
    });
  const settled = await Promise.allSettled(Array.from({ length: 10 }, (_, number) => work(number)));
  expect(most).toBe(2);
  expect(order).toEqual(Array.from({ length: 10 }, (_, number) => number));
  expect(settled.map(({ status }) => status === "rejected")).toEqual(
    Array.from({ length: 10 }, (_, number) => number % 3 === 0),
  );
  expect(await slots.run(async () => "free")).toBe("free");
});
