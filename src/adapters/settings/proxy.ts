/**
 * What a user may set of the proxy: from the environment, after the flags of its command.
 *
 * docs/configuration.md has a line for each.
 */
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { DEFAULT_FADING, type Fading } from "../../compressors/fade/rules.ts"
import type { Provider } from "../../domain/exchange.ts"
import type { TtlChoice } from "../../pipeline/lifetimes.ts"
import { optionalText } from "./settings.ts"

export const FADINGS: ReadonlyArray<Fading> = ["off", "safe", "strong"]
export const TTL_CHOICES: ReadonlyArray<TtlChoice> = ["5m", "1h", "auto"]

/** What the command line may say. */
export interface ProxyFlags {
  readonly fading?: Fading | undefined
  readonly cacheTtl?: TtlChoice | undefined
  readonly keepsWarm?: boolean | undefined
  readonly host: string | undefined
  readonly port: number | undefined
}

export class ProxySettings extends Context.Tag("headroom/ProxySettings")<
  ProxySettings,
  {
    readonly host: string
    readonly port: number
    /** What every request must carry in `x-headroom-token`. */
    readonly token: Redacted.Redacted | undefined
    /** Names besides the loopback's that a Host field may have, in lower case. */
    readonly allowedHosts: ReadonlyArray<string>
    /** What the caller that started this process gave it, to know it again by. */
    readonly nonce: string | undefined
    /** It ends once nobody holds a lease of it any more. */
    readonly isLeased: boolean
    readonly targets: Readonly<Record<Provider, URL>>
    /** How old outputs fade, under offload. */
    readonly fading: Fading
    /** How long the cache is asked to live; undefined: as the client writes it. */
    readonly cacheTtl: TtlChoice | undefined
    /** Whether idle conversations are kept in the provider's cache for a while. */
    readonly keepsWarm: boolean
    /** Whether the volatile lines of a system text move behind those that stay. */
    readonly stabilises: boolean
    readonly maxBodyBytes: number
    readonly maxReadBytes: number
    readonly connectTimeoutMs: number
    readonly answerTimeoutMs: number
    readonly maxRetries: number
    readonly graceMs: number
    readonly httpProxy: string
    readonly httpsProxy: string
    readonly noProxy: string
  }
>() {}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/

export const isLoopback = (host: string): boolean => LOOPBACK.test(host)

const invalid = (name: string, message: string) => Either.left(ConfigError.InvalidData([name], message))

/** A base address: http or https, without credentials, query or fragment. */
const target = (name: string, vendor: string): Config.Config<URL> =>
  Config.mapOrFail(optionalText(name), (text) => {
    const url = URL.canParse(text ?? vendor) ? new URL(text ?? vendor) : undefined
    return url === undefined ||
      !/^https?:$/.test(url.protocol) ||
      `${url.username}${url.password}${url.search}${url.hash}` !== ""
      ? invalid(name, `expected an address such as ${vendor}`)
      : Either.right(url)
  })

const count = (name: string, initial: number, min: number, max: number): Config.Config<number> =>
  Config.mapOrFail(optionalText(name), (text) => {
    if (text === undefined) return Either.right(initial)
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
    return value >= min && value <= max ? Either.right(value) : invalid(name, `expected a number from ${min} to ${max}`)
  })

/** 0 by itself. */
const flag = (name: string): Config.Config<boolean> =>
  Config.mapOrFail(optionalText(name), (text) =>
    text === undefined || text === "0" || text === "1" ? Either.right(text === "1") : invalid(name, "expected 0 or 1")
  )

/** By its lower-case name too, as curl and others read these; that one comes first. */
const proxyAddress = (name: string): Config.Config<string> =>
  Config.all([optionalText(name.toLowerCase()), optionalText(name)]).pipe(
    Config.map(([lower, upper]) => lower ?? upper ?? "")
  )

const MINUTES = 60_000

const settings = Config.all({
  host: Config.map(optionalText("HEADROOM_HOST"), (host) => host ?? "127.0.0.1"),
  port: count("HEADROOM_PORT", 8787, 0, 65_535),
  token: Config.redacted("HEADROOM_PROXY_TOKEN").pipe(
    Config.option,
    Config.map((token) => Option.getOrUndefined(Option.filter(token, (value) => Redacted.value(value) !== "")))
  ),
  allowedHosts: Config.map(optionalText("HEADROOM_ALLOWED_HOSTS"), (names) =>
    (names ?? "")
      .toLowerCase()
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "")
  ),
  nonce: optionalText("HEADROOM_PROXY_NONCE"),
  isLeased: Config.map(optionalText("HEADROOM_PROXY_LEASED"), (text) => text === "1"),
  anthropic: target("ANTHROPIC_TARGET_API_URL", "https://api.anthropic.com"),
  openai: target("OPENAI_TARGET_API_URL", "https://api.openai.com"),
  gemini: target("GEMINI_TARGET_API_URL", "https://generativelanguage.googleapis.com"),
  fading: Config.mapOrFail(optionalText("HEADROOM_FADE"), (text) => {
    const found = FADINGS.find((each) => each === (text ?? DEFAULT_FADING))
    return found === undefined ? invalid("HEADROOM_FADE", `expected one of ${FADINGS.join(", ")}`) : Either.right(found)
  }),
  cacheTtl: Config.mapOrFail(optionalText("HEADROOM_CACHE_TTL"), (text) => {
    const found = TTL_CHOICES.find((each) => each === text)
    return text === undefined || found !== undefined
      ? Either.right(found)
      : invalid("HEADROOM_CACHE_TTL", `expected one of ${TTL_CHOICES.join(", ")}`)
  }),
  keepsWarm: flag("HEADROOM_KEEP_WARM"),
  stabilises: flag("HEADROOM_STABILIZE"),
  // the largest upload that one of the three providers takes (Gemini's files)
  maxBodyBytes: count("HEADROOM_MAX_BODY_BYTES", 2 * 1024 ** 3, 1, Number.MAX_SAFE_INTEGER),
  // Anthropic refuses larger messages; a body of this size costs about four times as much memory while it is read
  maxReadBytes: count("HEADROOM_MAX_READ_BYTES", 32 << 20, 1, 1 << 30),
  // undici's own default
  connectTimeoutMs: count("HEADROOM_CONNECT_TIMEOUT_MS", 10_000, 1, 10 * MINUTES),
  // the vendors' own clients give up after ten minutes; theirs should be the first to
  answerTimeoutMs: count("HEADROOM_ANSWER_TIMEOUT_MS", 11 * MINUTES, 1, 24 * 60 * MINUTES),
  // what the vendors' own clients do
  maxRetries: count("HEADROOM_RETRIES", 2, 0, 10),
  // half of what service managers and containers give before they kill
  graceMs: count("HEADROOM_GRACE_MS", 5_000, 0, 60 * MINUTES),
  httpProxy: proxyAddress("HTTP_PROXY"),
  httpsProxy: proxyAddress("HTTPS_PROXY"),
  noProxy: proxyAddress("NO_PROXY")
}).pipe(Config.map(({ anthropic, openai, gemini, ...rest }) => ({ ...rest, targets: { anthropic, openai, gemini } })))

/** Settings that cannot stand together: an address that others reach without a token, an upstream that is this proxy. */
const conflictIn = ({ host, port, token, targets }: ProxySettings["Type"]): ConfigError.ConfigError | undefined => {
  if (token === undefined && !isLoopback(host)) {
    return ConfigError.MissingData(
      ["HEADROOM_PROXY_TOKEN"],
      `${host} can be reached from other machines: set a token, which clients send as x-headroom-token, or bind to 127.0.0.1`
    )
  }
  const loop = Object.values(targets).find((url) => isLoopback(url.hostname) && Number(url.port) === port && port !== 0)
  return loop && ConfigError.InvalidData([], `the upstream ${loop.origin} is this proxy's own address`)
}

export const layerProxySettings = (flags: ProxyFlags): Layer.Layer<ProxySettings, ConfigError.ConfigError> =>
  Layer.effect(
    ProxySettings,
    Effect.flatMap(settings, (set) => {
      const { host = set.host, port = set.port, fading = set.fading, cacheTtl = set.cacheTtl } = flags
      const given = { ...set, host, port, fading, cacheTtl, keepsWarm: flags.keepsWarm ?? set.keepsWarm }
      const conflict = conflictIn(given)
      return conflict === undefined ? Effect.succeed(given) : Effect.fail(conflict)
    })
  )
