import { ConfigProvider, Effect, Layer } from "effect"

/** Variables that take precedence over those of the environment. */
export const layer = (variables: Readonly<Record<string, string>>) =>
  Layer.unwrapEffect(
    Effect.configProviderWith((environment) =>
      Effect.succeed(
        Layer.setConfigProvider(
          ConfigProvider.orElse(ConfigProvider.fromMap(new Map(Object.entries(variables))), () => environment)
        )
      )
    )
  )
