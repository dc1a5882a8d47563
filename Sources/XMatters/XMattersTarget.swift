import HTTPTransport
import JSON
package import ProvisioningModel

/// The port `Target` on the xMatters REST API.
package struct XMattersTarget<C: Clock>: Target where C.Duration == Duration {
  let client: XMattersClient<C>
  private let catalogueCache: CatalogueCache<C>

  package init(_ client: XMattersClient<C>) {
    self.client = client
    catalogueCache = CatalogueCache(client)
  }

  private static var embed: String { "embed=roles,supervisors,devices" }

  package func person(_ id: PersonID) async throws(Failure) -> Person? {
    let route = "/people/{id}"
    let answer = try await client.get("/people/\(URLEncoding.pathSegment(id.rawValue))?\(Self.embed)", route: route)
    guard answer.status != 404 else { return nil }
    let json = try answer.json(.get, route)
    guard json["id"]?.string?.lowercased() == id.rawValue.lowercased() else {
      throw XMattersFailure.unreadable(.get, route, "it is about another person than the one asked for")
    }
    return try await whole(json)
  }

  package func people(where attribute: TargetAttribute, equals value: String) async throws(Failure) -> [Person] {
    let parameter =
      switch attribute {
      case .targetName: "targetName"
      case .webLogin: "webLogin"
      default: "emailAddress"
      }
    var found = try await search(parameter, value)
    if found.isEmpty, attribute == .targetName {
      // The filter is said to mind letter case, while names are taken whatever their case; the path is the other way to ask.
      let route = "/people/{targetName}"
      let answer = try await client.get("/people/\(URLEncoding.pathSegment(value))?\(Self.embed)", route: route)
      if answer.status != 404 { found = [try await whole(try answer.json(.get, route))] }
    }
    return found.filter { $0.answers(attribute, value) }
  }

  package func forEachPerson(_ consume: (Person) throws(Failure) -> Void) async throws(Failure) {
    var truncated: [PersonID] = []
    try await client.forEachRow(
      "/people?\(Self.embed)&sortBy=TARGET_NAME&sortOrder=ASCENDING&limit=1000", route: "/people"
    ) {
      row throws(Failure) in
      let person = try Person(row)
      if row.hasTruncatedLists { truncated.append(person.id) } else { try consume(person) }
    }
    for id in truncated {
      if let person = try await person(id) { try consume(person) }
    }
  }

  package func create(
    _ attributes: [TargetAttribute: TargetValue], externalKey: String
  ) async throws(Failure) -> Person {
    let body = PersonBody.make(attributes, externalKey: externalKey, id: nil)
    do throws(Failure) {
      let answer = try await client.send(.post, "/people", route: "/people", body: body, isRepeatable: false)
      return try Person(try answer.json(.post, "/people"), isEmbedding: false)
    } catch {
      throw try await explained(error, licenseType: attributes[.licenseType]?.text)
    }
  }

  package func modify(
    _ id: PersonID, _ attributes: [TargetAttribute: TargetValue], externalKey: String
  ) async throws(Failure) {
    let body = PersonBody.make(attributes, externalKey: externalKey, id: id)
    // The same values once more change nothing.
    let answer = try await client.send(.post, "/people", route: "/people", body: body, isRepeatable: true)
    _ = try answer.json(.post, "/people")
  }

  package func delete(_ id: PersonID) async throws(Failure) -> Bool {
    try await delete("/people/\(URLEncoding.pathSegment(id.rawValue))", route: "/people/{id}")
  }

  package func createDevice(
    named name: String, kind: DeviceKind, _ values: DeviceValues, owner: PersonID
  ) async throws(Failure) {
    var body = DeviceBody.make(kind, values)
    body["name"] = .string(name)
    body["owner"] = .string(owner.rawValue)
    body["externallyOwned"] = false
    do throws(Failure) {
      // A name is there once per owner: a second one is refused, so that sending it twice does no harm.
      _ = try await client.send(.post, "/devices", route: "/devices", body: .object(body), isRepeatable: true)
        .json(.post, "/devices")
    } catch  where error.code == .conflict || error.outcomeIsUnknown {
      guard let device = try await device(named: name, of: owner) else { throw error }
      if values != DeviceValues(address: device.address) { try await modifyDevice(device, values) }
    }
  }

  package func modifyDevice(_ device: Device, _ values: DeviceValues) async throws(Failure) {
    var body = DeviceBody.make(device.kind, values)
    body["id"] = .string(device.id)
    _ = try await client.send(.post, "/devices", route: "/devices", body: .object(body), isRepeatable: true)
      .json(.post, "/devices")
  }

  package func deleteDevice(_ device: Device) async throws(Failure) {
    _ = try await delete("/devices/\(URLEncoding.pathSegment(device.id))", route: "/devices/{id}")
  }

  package func createSite(named name: String, like model: String) async throws(Failure) {
    try await catalogueCache.createSite(named: name, like: model)
  }

  package func catalogue(refreshing: Bool) async throws(Failure) -> Catalogue {
    try await catalogueCache.catalogue(refreshing: refreshing)
  }

  // MARK: Parts

  private func search(_ parameter: String, _ value: String) async throws(Failure) -> [Person] {
    // A comma separates values in list parameters only; these three take one.
    let path = "/people?\(parameter)=\(URLEncoding.queryValue(value))&\(Self.embed)&limit=100"
    var rows: [JSON] = []
    try await client.forEachRow(path, route: "/people?\(parameter)") { row throws(Failure) in rows.append(row) }
    var people: [Person] = []
    for row in rows { people.append(try await whole(row)) }
    return people
  }

  /// The person with lists that the answer had cut short.
  private func whole(_ json: JSON) async throws(Failure) -> Person {
    var person = try Person(json)
    let path = "/people/\(URLEncoding.pathSegment(person.id.rawValue))"
    if json["supervisors"]?.isTruncated == true {
      var supervisors: [String] = []
      try await client.forEachRow("\(path)/supervisors?limit=1000", route: "/people/{id}/supervisors") {
        row throws(Failure) in
        guard let id = row["id"]?.string else {
          throw XMattersFailure.unreadable(.get, "/people/{id}/supervisors", "a supervisor has no id")
        }
        supervisors.append(id)
      }
      person.attributes[.supervisors] = .list(supervisors)
    }
    if json["devices"] == nil || json["devices"]?.isTruncated == true {
      person.devices = try await devices(of: person.id)
    }
    return person
  }

  private func devices(of owner: PersonID) async throws(Failure) -> [Device] {
    var devices: [Device] = []
    try await client.forEachRow(
      "/people/\(URLEncoding.pathSegment(owner.rawValue))/devices?limit=1000", route: "/people/{id}/devices"
    ) { row throws(Failure) in
      devices.append(try Device(row))
    }
    return devices
  }

  private func device(named name: String, of owner: PersonID) async throws(Failure) -> Device? {
    try await devices(of: owner).first { $0.name == name }
  }

  /// 200 is deleted, 204 was not there (docs/reference/xmatters-api.md, "Errors": the reverse of habit).
  func delete(_ path: String, route: String) async throws(Failure) -> Bool {
    let answer = try await client.send(.delete, path, route: route, body: RequestBody?.none, isRepeatable: true)
    return answer.status != 204 && answer.status != 404
  }
}

extension JSON {
  fileprivate var hasTruncatedLists: Bool {
    self["supervisors"]?.isTruncated == true || self["devices"] == nil || self["devices"]?.isTruncated == true
  }
}

extension Person {
  /// Whether the person has this value, letter case ignored: a filter that xMatters does not know must not match everybody.
  fileprivate func answers(_ attribute: TargetAttribute, _ value: String) -> Bool {
    let wanted = value.lowercased()
    switch attribute {
    case .targetName, .webLogin: return attributes[attribute]?.text?.lowercased() == wanted
    default: return devices.contains { $0.kind == .email && $0.address.lowercased() == wanted }
    }
  }
}
