/**
 * A proxy for as long as an agent runs: one that does the same to every request is shared, another is started, on the usual port where that
 * is free; the lease keeps it, and where it dies meanwhile another one takes its place at the same address.
 */
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import { randomBytes } from "node:crypto"
import {
  holdLease,
  type Holding,
  isFree,
  logFile,
  runningProxies,
  startProxy,
  toldOf
} from "../../../adapters/proxies/client.ts"
import { type Lease, pathOfRun } from "../../../adapters/proxies/contract.ts"
import { isAlive, keyOf, type ProxyRecord } from "../../../adapters/proxies/record.ts"
import { layerProxySettings, ProxySettings } from "../../../adapters/settings/proxy.ts"
import { Settings } from "../../../adapters/settings/settings.ts"
import { type Launch, variables } from "../../../adapters/settings/machine.ts"
import { NO_SUM, plusSum, type Sum } from "../../../domain/figures.ts"
import packageJson from "../../../../package.json" with { type: "json" }
import { CommandError } from "../errors.ts"

export interface Asked {
  readonly launch: Launch
  /** The port that the user named. */
  readonly port: number | undefined
  /** Settings of the proxy besides the user's, by their variables. */
  readonly settings: Readonly<Record<string, string>>
  readonly lease: Omit<Lease, "run" | "pid">
}

/** A proxy that runs, or the one that would be started. */
export type Found =
  | { readonly _tag: "Running"; readonly record: ProxyRecord }
  | {
      readonly _tag: "New"
      readonly port: number
      readonly key: string
      /** One that has its port, and would do something else to requests. */
      readonly other?: string
    }

/** How often the sum is asked for: where the proxy is killed, what it came to since is not told at the end. */
const SUM_MS = 5_000

/** A proxy that is told to end does so at once where no stream is open. */
const END_LOOK_MS = 20
const END_LOOKS = 200

/** Until whoever was quicker to start another one has done so. */
const REPLACING = 20
const REPLACING_MS = 250

const HOST = "127.0.0.1"

/** The proxy's environment: the user's, with what the agent needs of it; a token would keep the agent out. */
const environmentOf = ({ settings }: Asked): Readonly<Record<string, string | undefined>> => {
  const { HEADROOM_PROXY_TOKEN: _, HEADROOM_PROXY_NONCE: __, HEADROOM_HOST: ___, ...rest } = variables()
  return { ...rest, ...settings }
}

/** The key of a proxy that does what is asked, and the port that it has by the user's settings. */
const wanted = (asked: Asked) =>
  Effect.gen(function* () {
    const settings = yield* Settings
    const entries = Object.entries(environmentOf(asked)).filter(
      (entry): entry is [string, string] => entry[1] !== undefined
    )
    const proxy = yield* ProxySettings.pipe(
      Effect.provide(layerProxySettings({ host: HOST, port: asked.port })),
      Effect.withConfigProvider(ConfigProvider.fromMap(new Map(entries)))
    )
    return { key: keyOf(packageJson.version, settings, proxy), port: proxy.port }
  })

const isOn = (record: ProxyRecord, port: number | undefined): boolean =>
  port === undefined || port === 0 || new URL(record.address).port === String(port)

/** The proxy that would serve. */
export const findProxy = (asked: Asked) =>
  Effect.gen(function* () {
    const { home } = yield* Settings
    const { key, port } = yield* wanted(asked)
    const running = yield* runningProxies(home)
    const record = running.find((one) => one.key === key && isOn(one, asked.port))
    if (record !== undefined) return { _tag: "Running", record } as const
    const other = running.find((one) => new URL(one.address).port === String(port))?.address
    return { _tag: "New", port, key, ...(other === undefined ? {} : { other }) } as const
  })

const start = (asked: Asked, port: number) =>
  Effect.gen(function* () {
    const { home, mode = "visible" } = yield* Settings
    const { launch } = asked
    return yield* startProxy({
      node: launch.node,
      options: launch.options,
      script: launch.script,
      args: ["--host", HOST, "--port", String(port), "--mode", mode],
      env: { ...environmentOf(asked), HEADROOM_PROXY_LEASED: "1", HEADROOM_HOME: home },
      home
    }).pipe(Effect.mapError(({ message }) => new CommandError({ message: `${home}: ${message}` })))
  })

export interface Session {
  readonly record: ProxyRecord
  /** Whether it was there before. */
  readonly isShared: boolean
  /** The proxy's address for this run alone. */
  readonly address: string
  /** Names the agent's process, which the lease then lasts as long as. */
  readonly hasAgent: (pid: number) => Effect.Effect<void>
  /** What the run came to. */
  readonly sum: Effect.Effect<Sum>
  readonly release: () => void
  /** Lets go of it, and ends the proxy where it was started for it: only where no one else can have found it. */
  readonly end: Effect.Effect<void>
}

/** Lets a wrap that was asked for a port that others have go on at another. */
const proxyFor = (asked: Asked, tell: (line: string) => void) =>
  Effect.gen(function* () {
    for (let attempt = 0; attempt < 4; attempt++) {
      const found: Found = yield* findProxy(asked)
      if (found._tag === "Running") return { record: found.record, isShared: true }
      const isFirst = attempt < 2 && (yield* isFree(found.port))
      // another wrap may have been quicker: then its proxy is found at the next look
      const record = yield* start(asked, isFirst ? found.port : 0)
      if (record === undefined) continue
      if (found.other !== undefined)
        tell(`headroom: the proxy at ${found.other} has other settings; this run has its own at ${record.address}`)
      return { record, isShared: false }
    }
    const { home } = yield* Settings
    return yield* new CommandError({ message: `the proxy does not start; ${logFile(home)} says why` })
  })

/** A proxy with a lease of it. `tell` is told what the user should know while the agent runs. */
export const openSession = (asked: Asked, tell: (line: string) => void) =>
  Effect.gen(function* () {
    const run = randomBytes(6).toString("hex")
    let lease: Lease = { ...asked.lease, run }
    const first = yield* proxyFor(asked, tell)
    let record = first.record
    let held: Holding | undefined = yield* holdLease(record, lease)
    // one that was just ending
    if (held === undefined) {
      record = (yield* proxyFor(asked, tell)).record
      held = yield* holdLease(record, lease)
    }
    if (held === undefined) return yield* new CommandError({ message: `the proxy at ${record.address} takes no lease` })
    const context = yield* Effect.context<Settings>()
    const port = Number(new URL(record.address).port)
    let before: Sum = NO_SUM
    let latest: Sum = NO_SUM
    let isOver = false
    const ask = Effect.flatMap(
      Effect.suspend(() => toldOf(record, run)),
      (told) => Effect.sync(() => void (latest = told?.sum ?? latest))
    )
    const timer = setInterval(() => void Effect.runFork(ask), SUM_MS)
    timer.unref()

    const hold = (holding: Holding): void => {
      held = holding
      holding.onLost = () => {
        if (!isOver) Effect.runFork(Effect.provide(replace, context))
      }
    }
    /** Another proxy in the place of one that died; of several wraps that lost it, one starts it. */
    const replace = Effect.gen(function* () {
      before = plusSum(before, latest)
      latest = NO_SUM
      for (let attempt = 0; attempt < REPLACING && !isOver; attempt++) {
        const found = yield* findProxy({ ...asked, port })
        const next = found._tag === "Running" ? found.record : yield* start(asked, port)
        const holding = next === undefined ? undefined : yield* holdLease(next, lease)
        if (next !== undefined && holding !== undefined) {
          record = next
          if (isOver) holding.release()
          else hold(holding)
          return
        }
        yield* Effect.sleep(REPLACING_MS)
      }
      if (!isOver) tell("headroom: the proxy has ended, and none takes its place; start the agent anew")
    }).pipe(Effect.catchAll(({ message }) => Effect.sync(() => tell(`headroom: the proxy has ended: ${message}`))))
    hold(held)
    const release = (): void => {
      isOver = true
      clearInterval(timer)
      held?.release()
    }
    const session: Session = {
      record,
      isShared: first.isShared,
      address: `${record.address}${pathOfRun(run)}`,
      hasAgent: (pid) =>
        Effect.gen(function* () {
          lease = { ...lease, pid }
          const old = held
          const holding = yield* holdLease(record, lease)
          if (holding === undefined) return
          hold(holding)
          old?.release()
        }),
      sum: Effect.map(ask, () => plusSum(before, latest)),
      release,
      end: Effect.gen(function* () {
        release()
        if (first.isShared) return
        process.kill(record.pid)
        for (let look = 0; look < END_LOOKS && isAlive(record.pid); look++) yield* Effect.sleep(END_LOOK_MS)
      })
    }
    return session
  })
