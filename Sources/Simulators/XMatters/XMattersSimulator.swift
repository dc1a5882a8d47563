import JSON
import Synchronization

package struct XMattersOptions: Sendable {
  package var username = "rollcall"
  package var password = "simulated-password"
  package var oauthClientID = "simulated-client"
  package var tokenLifetime = 3600
  /// What a member added to a group is answered with (docs/reference/xmatters-api.md, "Groups and members": unconfirmed).
  package var memberStatus = 200
  /// Whether a member that is there already is refused with 409 (docs/reference/xmatters-api.md, "Conflicts"; unconfirmed).
  package var refusesRepeatedMembers = false

  package init() {}
}

/// The xMatters REST API, as far as Rollcall and its tests use it (docs/reference/xmatters-api.md, "Operations").
package final class XMattersSimulator: Simulator {
  private struct Storage {
    var instance: Instance
    var options: XMattersOptions
    var tokens: Set<String> = []
    var random = SeededRandom(seed: 11)
  }

  package let faults = FaultPlan()
  let imports = ImportDesk()
  private let storage: Mutex<Storage>
  private let observer: Mutex<(@Sendable (Instance.Change) -> Void)?> = Mutex(nil)

  package init(_ instance: Instance = .init(), options: XMattersOptions = .init()) {
    storage = Mutex(Storage(instance: instance, options: options))
  }

  var options: XMattersOptions { storage.withLock { $0.options } }

  /// A copy of everything. While one is held, the next change has to copy all people: requests use `read`.
  package var instance: Instance { storage.withLock { $0.instance } }

  func read<Answer: Sendable>(_ body: (Instance) -> Answer) -> Answer {
    storage.withLock { body($0.instance) }
  }

  /// Changes the instance behind everybody's back, as a person at the console would.
  package func change<Answer: Sendable>(_ body: (inout Instance) throws -> Answer) rethrows -> Answer {
    try storage.withLock { try body(&$0.instance) }
  }

  /// Hears of every change that came over HTTP.
  package func observe(_ body: (@Sendable (Instance.Change) -> Void)?) {
    observer.withLock { $0 = body }
  }

  package func revokeTokens() {
    storage.withLock { $0.tokens = [] }
  }

  // MARK: Requests

  package func route(of request: SimulatedRequest) -> String {
    let path = request.path.dropFirst(3)
    return "/"
      + path.enumerated().map { $0.offset == 1 && path.first != "oauth2" ? "{id}" : $0.element }.joined(separator: "/")
  }

  package func respond(to request: SimulatedRequest) async -> SimulatedResponse {
    if request.path == ["simulator", "people"] { return dump() }
    if request.path == ["simulator", "groups"] { return groupDump() }
    if request.path == ["simulator", "imports"] { return controlImports(request) }
    guard Array(request.path.prefix(3)) == ["api", "xm", "1"] else { return .refusal(404, "Unknown path") }
    var request = request
    request.path.removeFirst(3)
    if request.path == ["oauth2", "token"] { return token(request) }
    guard isSignedIn(request) else { return SimulatedResponse(401, text: "", contentType: "text/plain") }
    if request.method == "POST", request.path.first != "uploads",
      !(request.headers["content-type"] ?? "").contains("json")
    {
      return .refusal(415, "The content type must be application/json")
    }
    var answer = resource(request)
    answer.headers["x-ratelimit-limit"] = "60000"
    answer.headers["x-ratelimit-period_in_sec"] = "60"
    answer.headers["x-concurrentlimit-limit"] = "10000"
    return answer
  }

  private func isSignedIn(_ request: SimulatedRequest) -> Bool {
    guard let header = request.headers["authorization"] else { return false }
    return storage.withLock { storage in
      if header.hasPrefix("Bearer ") { return storage.tokens.contains(String(header.dropFirst(7))) }
      return header == "Basic " + BasicCredential.encode(storage.options.username, storage.options.password)
    }
  }

  private func token(_ request: SimulatedRequest) -> SimulatedResponse {
    let form = request.form.merging(request.query) { body, _ in body }
    return storage.withLock { storage in
      let options = storage.options
      let isPassword =
        form["grant_type"] == "password" && form["username"] == options.username && form["password"] == options.password
      let isRefresh =
        form["grant_type"] == "refresh_token" && form["refresh_token"].map(storage.tokens.contains) ?? false
      guard form["client_id"] == options.oauthClientID, isPassword || isRefresh else {
        return SimulatedResponse(401, ["error": "invalid_grant"])
      }
      if storage.tokens.count > 100 { storage.tokens = [] }
      let access = storage.random.guid()
      let refresh = storage.random.guid()
      storage.tokens.formUnion([access, refresh])
      return SimulatedResponse(
        200,
        [
          "access_token": .string(access), "refresh_token": .string(refresh), "token_type": "Bearer",
          "expires_in": .integer(Int64(options.tokenLifetime)),
        ])
    }
  }

  /// Everything about everybody, for comparing.
  private func dump() -> SimulatedResponse {
    let instance = instance
    let all: Set<String> = ["roles", "supervisors", "devices"]
    return SimulatedResponse(
      200, ["data": .array(instance.order.compactMap { instance.people[$0] }.map { instance.json($0, embed: all) })])
  }

  func tell(_ change: Instance.Change) {
    observer.withLock { $0 }?(change)
  }

  // MARK: Resources

  private func resource(_ request: SimulatedRequest) -> SimulatedResponse {
    switch (request.method, request.path.first, request.path.count) {
    case ("POST", "people", 1): writePerson(request)
    case ("DELETE", "people", 2): deletePerson(request)
    case ("POST", "devices", 1): writeDevice(request)
    case ("DELETE", "devices", 2): deleteDevice(request)
    case ("POST", "groups", _), ("DELETE", "groups", _): changeGroups(request)
    case ("POST", "sites", 1): createSite(request)
    case ("POST", "uploads", 2) where request.path[1] == "users-v1": upload(request)
    case ("GET", "imports", 2), ("GET", "imports", 3): getImport(request)
    case ("GET", _, _): read { get(request, $0) }
    default: .refusal(404, "Unknown resource")
    }
  }

  private func get(_ request: SimulatedRequest, _ instance: Instance) -> SimulatedResponse {
    switch (request.path.first, request.path.count) {
    case ("people", 1): listPeople(request, instance)
    case ("people", 2) where request.path[1] == "license-quotas": SimulatedResponse(200, instance.quotaJSON)
    case ("people", 2): getPerson(request, instance)
    case ("people", 3): subList(request, instance)
    case ("devices", 2): getDevice(request, instance)
    case ("groups", _): getGroups(request, instance)
    case ("sites", 1):
      page(instance.sites.sorted { $0.key < $1.key }, request) { instance.siteJSON($0.key, $0.value) }
    case ("sites", 2):
      instance.site(request.path[1]).map { SimulatedResponse(200, $0) } ?? .refusal(404, "Could not find a site")
    case ("roles", 1):
      page(instance.roles.sorted { $0.key < $1.key }, request) { ["id": .string($0.value), "name": .string($0.key)] }
    case ("device-names", 1):
      page(instance.deviceNames, request) {
        ["id": .string($0.id), "name": .string($0.name), "deviceType": .string($0.type)]
      }
    default: .refusal(404, "Unknown resource")
    }
  }

  func embed(_ request: SimulatedRequest) -> Set<String> {
    Set((request.query["embed"] ?? "").split(separator: ",").map(String.init))
  }

  private func listPeople(_ request: SimulatedRequest, _ instance: Instance) -> SimulatedResponse {
    let query = request.query
    var found: [String]
    if let name = query["targetName"] {
      // The filter is described as minding letter case.
      found = instance.person(name).map { [$0] }?.filter { $0.targetName == name }.map(\.id) ?? []
    } else if let login = query["webLogin"] {
      found = instance.person(webLogin: login).map { [$0.id] } ?? []
    } else if let address = query["emailAddress"] {
      found = instance.people.values.filter { person in
        instance.devices(of: person).contains {
          $0.fields["emailAddress"]?.string?.lowercased() == address.lowercased()
        }
      }.map(\.id)
    } else {
      found = instance.order
    }
    if let status = query["status"] { found.removeAll { instance.people[$0]?.status != status } }
    let embed = embed(request)
    return page(found, request) { id in instance.people[id].map { instance.json($0, embed: embed) } ?? .null }
  }

  private func getPerson(_ request: SimulatedRequest, _ instance: Instance) -> SimulatedResponse {
    guard let person = instance.person(request.path[1]) else {
      return .refusal(404, "Could not find a person with id \(request.path[1])")
    }
    return SimulatedResponse(200, instance.json(person, embed: embed(request)))
  }

  private func subList(_ request: SimulatedRequest, _ instance: Instance) -> SimulatedResponse {
    guard let person = instance.person(request.path[1]) else { return .refusal(404, "Could not find a person") }
    switch request.path[2] {
    case "devices": return page(instance.devices(of: person), request) { instance.json($0) }
    case "supervisors":
      return page(person.supervisors.compactMap { instance.people[$0] }, request) { instance.json($0, embed: []) }
    case "group-memberships": return memberships(person, request, instance)
    default: return .refusal(404, "Unknown resource")
    }
  }

  private func writePerson(_ request: SimulatedRequest) -> SimulatedResponse {
    guard let body = request.json else { return .refusal(400, "The body is not JSON") }
    do throws(Instance.Refusal) {
      let result = Result { () throws(Instance.Refusal) in
        try storage.withLock { storage throws(Instance.Refusal) in try storage.instance.write(body) }
      }
      let (change, isNew) = try result.get()
      tell(change)
      switch change {
      case .created(let person), .modified(_, let person):
        return SimulatedResponse(isNew ? 201 : 200, read { $0.json(person, embed: []) })
      case .deleted, .device, .group: return SimulatedResponse(500)
      }
    } catch {
      return .refusal(error.status, error.message)
    }
  }

  private func deletePerson(_ request: SimulatedRequest) -> SimulatedResponse {
    guard let person = storage.withLock({ $0.instance.deletePerson(request.path[1]) }) else {
      return SimulatedResponse(204)
    }
    tell(.deleted(person))
    return SimulatedResponse(200, read { $0.json(person, embed: []) })
  }

  private func getDevice(_ request: SimulatedRequest, _ instance: Instance) -> SimulatedResponse {
    guard let device = instance.device(request.path[1]) else { return .refusal(404, "Could not find a device") }
    return SimulatedResponse(200, instance.json(device))
  }

  private func writeDevice(_ request: SimulatedRequest) -> SimulatedResponse {
    guard let body = request.json else { return .refusal(400, "The body is not JSON") }
    do throws(Instance.Refusal) {
      let result = Result { () throws(Instance.Refusal) in
        try storage.withLock { storage throws(Instance.Refusal) in try storage.instance.writeDevice(body) }
      }
      let (device, change, isNew) = try result.get()
      tell(change)
      return SimulatedResponse(isNew ? 201 : 200, read { $0.json(device) })
    } catch {
      return .refusal(error.status, error.message)
    }
  }

  private func deleteDevice(_ request: SimulatedRequest) -> SimulatedResponse {
    guard let (device, change) = storage.withLock({ $0.instance.deleteDevice(request.path[1]) }) else {
      return SimulatedResponse(204)
    }
    tell(change)
    return SimulatedResponse(200, read { $0.json(device) })
  }

  private func createSite(_ request: SimulatedRequest) -> SimulatedResponse {
    guard let body = request.json else { return .refusal(400, "The body is not JSON") }
    let result = Result { () throws(Instance.Refusal) in
      try storage.withLock { storage throws(Instance.Refusal) in try storage.instance.createSite(body) }
    }
    switch result {
    case .success(let site): return SimulatedResponse(201, site)
    case .failure(let refusal): return .refusal(refusal.status, refusal.message)
    }
  }

  func page<Row>(
    _ rows: [Row], _ request: SimulatedRequest, _ json: (Row) -> JSONValue
  ) -> SimulatedResponse {
    let limit = min(request.query["limit"].flatMap { Int($0) } ?? 100, 1000)
    let offset = request.query["offset"].flatMap { Int($0) } ?? 0
    guard limit > 0, offset >= 0 else { return .refusal(400, "limit and offset must not be negative") }
    let part = rows.dropFirst(offset).prefix(limit)
    func link(_ offset: Int) -> JSONValue {
      let kept = request.query.filter { $0.key != "offset" && $0.key != "limit" }.sorted { $0.key < $1.key }
      let pairs = kept.map { "\(PercentEncoding.text($0.key))=\(PercentEncoding.text($0.value))" }
      return .string("\(request.rawPath)?\((pairs + ["offset=\(offset)", "limit=\(limit)"]).joined(separator: "&"))")
    }
    var links: JSONValue = ["self": link(offset)]
    if offset + part.count < rows.count { links["next"] = link(offset + limit) }
    if offset > 0 { links["previous"] = link(max(0, offset - limit)) }
    return SimulatedResponse(
      200,
      [
        "count": .integer(Int64(part.count)), "total": .integer(Int64(rows.count)), "data": .array(part.map(json)),
        "links": links,
      ])
  }
}

extension SimulatedResponse {
  static func refusal(_ status: Int, _ message: String) -> SimulatedResponse {
    let reasons = [400: "Bad Request", 404: "Not Found", 409: "Conflict", 415: "Unsupported Media Type"]
    return SimulatedResponse(
      status,
      ["code": .integer(Int64(status)), "reason": .string(reasons[status] ?? "Error"), "message": .string(message)])
  }
}
