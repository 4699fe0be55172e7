import { checkSettled } from "./year-checks.js";
import { type Life, take } from "./year-steps.js";
import { ALL_PROPOSED, type Crash, type LifeStory, MONTHS, moments, type Story } from "./year-stories.js";
import { firstMonth, World } from "./year-world.js";

/** Lives a story through in a sandbox of its own; throws where the service is not as the model. */
export async function live(story: Story): Promise<void> {
  await using world = await World.open();
  const lives = new Map<LifeStory, Life>();
  for (let month = 0; month < MONTHS; month += 1) {
    for (const [moment, day] of moments.entries()) {
      await world.pass(firstMonth + month, day);
      if (moment === 0) await beginMonth(world, story, month, lives);
      const crashes = story.crashes
        .filter(({ inMonth, crash }) => inMonth === month && momentOf(crash) === moment)
        .map(({ crash }) => crash);
      for (const crash of crashes.filter(leavesWorkHalfDone)) await world.crash(crash);
      await world.happen(stepsAt(lives, month * moments.length + moment));
      for (const crash of crashes.filter((each) => !leavesWorkHalfDone(each))) await world.crash(crash);
    }
  }
  await settle(world);
}

async function beginMonth(
  world: World,
  story: Story,
  month: number,
  lives: Map<LifeStory, Life>,
): Promise<void> {
  const born = story.lives.filter((life) => life.born.inMonth === month);
  const added = await world.register(born.map((life) => life.born));
  for (const [position, life] of born.entries()) {
    const real = added[position];
    if (real) lives.set(life, real);
  }
  for (const { inMonth, terms } of story.moratoria) if (inMonth === month) await world.postpone(terms);
}

function stepsAt(lives: ReadonlyMap<LifeStory, Life>, at: number) {
  return [...lives].flatMap(([{ steps }, life]) =>
    steps.filter((each) => each.at === at).map(({ does }) => ({ life, step: does })),
  );
}

/** At the last of the moments that lie before the job's turn. */
function momentOf({ job }: Crash): number {
  return { reminders: 0, "payroll-cut-off": 1, "expiry-close": 2 }[job];
}

/** Whether people's steps come between the process's death and the run that goes on where it was. */
function leavesWorkHalfDone({ job, commits }: Crash): boolean {
  return job !== "expiry-close" || commits === ALL_PROPOSED;
}

/** Everyone passes, every other reason ends; payroll is given one more list. */
async function settle(world: World): Promise<void> {
  for (const life of world.lives) {
    await take(world, life, { step: "leavePrison", monthsBack: 0 });
    await take(world, life, { step: "takeBackDeath" });
    while (await take(world, life, { step: "decide", decision: "REJECT" }));
    await take(world, life, { step: "passAtCounter", channel: "AGENCY_COUNTER" });
    for (const { pass } of life.model.openCases) {
      const decision = pass.revoked ? "KEEP" : "RELEASE";
      await take(world, life, { step: "decideCase", pick: 0, decision });
    }
  }
  await world.pass(world.now.month + 1, moments[2]);
  await checkSettled(world);
}
