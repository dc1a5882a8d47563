import JSON

/// `/api/v1/configuration`: what is effective, secrets masked, with where each value comes from.
struct ConfigurationResource: Sendable {
  let values: [ConfigurationValue]

  func read(_ request: AdminRequest) throws -> Answer {
    try request.query.allow()
    return .page(
      values.map {
        ["key": .string($0.key), "value": .string($0.value), "origin": .string($0.origin.rawValue)]
      }, nextLink: nil)
  }
}
