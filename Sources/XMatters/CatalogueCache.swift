import JSON
import ProvisioningModel

/// Sites, roles and device names, read once for all callers and kept for some minutes.
actor CatalogueCache<C: Clock> where C.Duration == Duration {
  private static var lifetime: Duration { .seconds(600) }
  /// A name that is missing makes callers ask for a fresh one; not each of them needs a read of its own.
  private static var refreshGuard: Duration { .seconds(15) }

  private let client: XMattersClient<C>
  private var known: (catalogue: Catalogue, readAt: ContinuousClock.Instant)?
  private var reading: Task<Catalogue, any Error>?
  private var creating: [String: Task<String, any Error>] = [:]

  init(_ client: XMattersClient<C>) {
    self.client = client
  }

  func catalogue(refreshing: Bool) async throws(Failure) -> Catalogue {
    let maximumAge = refreshing ? Self.refreshGuard : Self.lifetime
    if let known, known.readAt.duration(to: .now) < maximumAge { return known.catalogue }
    // All callers wait for the same request.
    let task = reading ?? Task { [client] in try await Self.read(client) }
    reading = task
    let result = await task.result
    if reading == task { reading = nil }
    switch result {
    case .success(let catalogue):
      known = (catalogue, .now)
      return catalogue
    case .failure(let failure as Failure): throw failure
    case .failure: throw .cancelled
    }
  }

  /// Makes a site with country, language and time zone of another, and remembers it. Callers who want the same one share the call.
  func createSite(named name: String, like model: String) async throws(Failure) {
    if let known, known.catalogue.siteID(name) != nil { return }
    let task = creating[name] ?? Task { [client] in try await SiteCreation.create(name, like: model, client) }
    creating[name] = task
    let result = await task.result
    if creating[name] == task { creating[name] = nil }
    switch result {
    case .success(let id): known?.catalogue.sites[name] = id
    case .failure(let failure as Failure): throw failure
    case .failure: throw .cancelled
    }
  }

  private static func read(_ client: XMattersClient<C>) async throws(Failure) -> Catalogue {
    var catalogue = Catalogue(sites: [:], roles: [], devices: [:])
    try await client.forEachRow("/sites?limit=1000", route: "/sites") { row throws(Failure) in
      if let name = row["name"]?.string, let id = row["id"]?.string { catalogue.sites[name] = id }
    }
    try await client.forEachRow("/roles?limit=1000", route: "/roles") { row throws(Failure) in
      if let name = row["name"]?.string { catalogue.roles.insert(name) }
    }
    try await client.forEachRow("/device-names?limit=1000", route: "/device-names") { row throws(Failure) in
      if let name = row["name"]?.string, let kind = row["deviceType"]?.string {
        catalogue.devices[name] = DeviceKind(rawValue: kind) ?? .other
      }
    }
    return catalogue
  }
}
