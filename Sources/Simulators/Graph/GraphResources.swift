import JSON
import Synchronization

// The resources of the directory: users, groups, the application, the recycle bin, delta queries.

extension GraphSimulator {
  func resource(_ request: SimulatedRequest) -> SimulatedResponse {
    switch request.path.first {
    case "users" where isDelta(request): delta(request, .user)
    case "groups" where isDelta(request): delta(request, .group)
    case "users": users(request)
    case "groups": groups(request)
    case "directory": deletedItems(request)
    case "directoryObjects": getByIDs(request)
    case let first? where first.hasPrefix("servicePrincipals"): servicePrincipals(request)
    default: .graphError(404, "ResourceNotFound", "Unknown resource.")
    }
  }

  private var root: String { "/v1.0" }

  // MARK: Users

  private func users(_ request: SimulatedRequest) -> SimulatedResponse {
    guard request.path.count > 1 else {
      return request.method == "POST" ? createUser(request) : listUsers(request)
    }
    guard let user = storage.withLock({ $0.tenant.user(request.path[1]) }) else { return .notFound }
    switch (request.method, request.path.dropFirst(2).joined(separator: "/")) {
    case ("GET", ""): return SimulatedResponse(200, json(user, request.query))
    case ("PATCH", ""):
      guard let changes = request.json?.value.object else { return .badRequest }
      change { $0.updateUser(user.id, changes) }
      return SimulatedResponse(204)
    case ("DELETE", ""):
      change { $0.softDelete(user.id) }
      return SimulatedResponse(204)
    case ("GET", "manager"):
      guard let manager = user.manager.flatMap({ id in storage.withLock { $0.tenant.user(id) } }) else {
        return .notFound
      }
      return SimulatedResponse(200, json(manager, request.query))
    case ("PUT", "manager/$ref"):
      guard let reference = request.json?["@odata.id"]?.string, let id = reference.split(separator: "/").last else {
        return .badRequest
      }
      change { $0.setManager(String(id), of: user.id) }
      return SimulatedResponse(204)
    case ("DELETE", "manager/$ref"):
      change { $0.setManager(nil, of: user.id) }
      return SimulatedResponse(204)
    default: return .notFound
    }
  }

  private func createUser(_ request: SimulatedRequest) -> SimulatedResponse {
    guard let properties = request.json?.value.object, properties["userPrincipalName"]?.string != nil else {
      return .badRequest
    }
    let user = change { $0.createUser(properties) }
    return SimulatedResponse(201, json(user, [:]))
  }

  private func listUsers(_ request: SimulatedRequest) -> SimulatedResponse {
    let users = storage.withLock { storage in storage.tenant.userOrder.compactMap { storage.tenant.users[$0] } }
    return page(users, request) { json($0, request.query) }
  }

  private func json(_ user: Tenant.User, _ query: [String: String]) -> JSONValue {
    var object: [String: JSONValue] = [:]
    let selected = query["$select"]?.split(separator: ",").map(String.init)
    for name in selected ?? Self.defaultProperties { object[name] = user.properties[name] ?? .null }
    object["id"] = .string(user.id)
    if query["$expand"]?.hasPrefix("manager") ?? false, let manager = user.manager {
      object["manager"] = ["@odata.type": "#microsoft.graph.user", "id": .string(manager)]
    }
    return .object(object)
  }

  /// What Graph returns without `$select` (Graph reference, section 8).
  private static let defaultProperties = [
    "businessPhones", "displayName", "givenName", "jobTitle", "mail", "mobilePhone", "officeLocation",
    "preferredLanguage",
    "surname", "userPrincipalName",
  ]

  private func getByIDs(_ request: SimulatedRequest) -> SimulatedResponse {
    guard let ids = request.json?["ids"], ids.count <= 1000 else { return .badRequest }
    let found = ids.elements.compactMap { id in id.string.flatMap { id in storage.withLock { $0.tenant.user(id) } } }
    return SimulatedResponse(200, ["value": .array(found.map { json($0, request.query) })])
  }

  private func deletedItems(_ request: SimulatedRequest) -> SimulatedResponse {
    guard request.path.count >= 3, request.path[1] == "deletedItems" else { return .notFound }
    let id = request.path[2]
    guard let user = storage.withLock({ $0.tenant.deleted[id] }) else { return .notFound }
    switch (request.method, request.path.dropFirst(3).first) {
    case ("GET", nil): return SimulatedResponse(200, json(user, request.query))
    case ("POST", "restore"):
      _ = change { $0.restore(id) }
      return SimulatedResponse(200, json(user, [:]))
    case ("DELETE", nil):
      _ = change { $0.purge(id) }
      return SimulatedResponse(204)
    default: return .notFound
    }
  }

  // MARK: Groups

  private func groups(_ request: SimulatedRequest) -> SimulatedResponse {
    guard request.path.count > 1 else {
      guard request.method == "POST", let name = request.json?["displayName"]?.string else { return .badRequest }
      let group = change { $0.createGroup(name) }
      return SimulatedResponse(201, ["id": .string(group.id), "displayName": .string(group.displayName)])
    }
    guard let group = storage.withLock({ $0.tenant.groups[request.path[1].lowercased()] }) else { return .notFound }
    switch (request.method, request.path.dropFirst(2).joined(separator: "/")) {
    case ("GET", ""):
      return SimulatedResponse(200, ["id": .string(group.id), "displayName": .string(group.displayName)])
    case ("DELETE", ""):
      change { $0.deleteGroup(group.id) }
      return SimulatedResponse(204)
    case ("GET", "members"), ("GET", "transitiveMembers"):
      let isTransitive = request.path.last == "transitiveMembers"
      let members = storage.withLock { storage in
        storage.tenant.members(of: group.id, transitively: isTransitive).map { ($0, storage.tenant.groups[$0] != nil) }
      }
      return page(members, request) { id, isGroup in
        ["@odata.type": isGroup ? "#microsoft.graph.group" : "#microsoft.graph.user", "id": .string(id)]
      }
    case ("POST", "members/$ref"):
      guard let member = request.json?["@odata.id"]?.string?.split(separator: "/").last else { return .badRequest }
      change { $0.addMember(String(member), to: group.id) }
      return SimulatedResponse(204)
    case ("DELETE", _) where request.path.count == 5 && request.path[2] == "members":
      change { $0.removeMember(request.path[3], from: group.id) }
      return SimulatedResponse(204)
    default: return .notFound
    }
  }

  // MARK: The application

  private func servicePrincipals(_ request: SimulatedRequest) -> SimulatedResponse {
    let tenant = tenant
    let name = request.path[0] == "servicePrincipals" ? request.path.dropFirst().first ?? "" : request.path[0]
    let known = [
      tenant.servicePrincipalID, "servicePrincipals(appId='\(tenant.applicationID)')",
    ]
    guard known.contains(name) else { return .notFound }
    let rest = Array(request.path.drop { $0 != name }.dropFirst())
    switch (request.method, rest.first, rest.count) {
    case ("GET", nil, _):
      return SimulatedResponse(
        200,
        [
          "id": .string(tenant.servicePrincipalID), "appId": .string(tenant.applicationID), "displayName": "xMatters",
          "appRoleAssignmentRequired": true, "accountEnabled": true,
          "appRoles": .array(
            tenant.roles.map {
              [
                "id": .string($0.id), "value": .string($0.value), "displayName": .string($0.displayName),
                "isEnabled": true,
                "allowedMemberTypes": ["User"],
              ]
            }),
        ])
    case ("GET", "appRoleAssignedTo", 1): return page(tenant.assignments, request) { json($0, tenant) }
    case ("POST", "appRoleAssignedTo", 1):
      guard let body = request.json, let principal = body["principalId"]?.string, let role = body["appRoleId"]?.string
      else {
        return .badRequest
      }
      changeAssignment(of: principal) { _ = $0.assign(principal, role: role) }
      guard let assignment = self.tenant.assignments.last else { return .badRequest }
      return SimulatedResponse(201, json(assignment, tenant))
    case ("DELETE", "appRoleAssignedTo", 2):
      guard let assignment = tenant.assignments.first(where: { $0.id == rest[1] }) else { return .notFound }
      changeAssignment(of: assignment.principal) { _ = $0.unassign(assignment.id) }
      return SimulatedResponse(204)
    default: return .notFound
    }
  }

  private func json(_ assignment: Tenant.Assignment, _ tenant: Tenant) -> JSONValue {
    [
      "id": .string(assignment.id), "principalId": .string(assignment.principal),
      "principalType": .string(assignment.principalType), "appRoleId": .string(assignment.role),
      "resourceId": .string(tenant.servicePrincipalID), "resourceDisplayName": "xMatters", "deletedDateTime": nil,
    ]
  }

  // MARK: Delta queries

  private func isDelta(_ request: SimulatedRequest) -> Bool {
    request.path.count == 2 && ["delta", "delta()", "microsoft.graph.delta()"].contains(request.path[1])
  }

  /// The token is a position in the record of changes; nothing expires but by `expireDeltaLinks`.
  private func delta(_ request: SimulatedRequest, _ kind: Tenant.Kind) -> SimulatedResponse {
    storage.withLock { storage in
      let tenant = storage.tenant
      let link = "\(request.headers["host"].map { "http://\($0)" } ?? "")\(root)/\(kind.rawValue)s/delta?$deltatoken="
      let end: JSONValue = .string(link + "\(tenant.changes.count)")
      if request.query["$deltatoken"] == "latest" {
        return SimulatedResponse(200, ["value": [], "@odata.deltaLink": end])
      }
      let position = request.query["$deltatoken"].flatMap { Int($0) } ?? request.query["$skiptoken"].flatMap { Int($0) }
      if let position, position < storage.oldestDelta {
        var answer = SimulatedResponse.graphError(410, "syncStateNotFound", "The delta token is too old.")
        answer.headers["Location"] = link
        return answer
      }
      let ids = tenant.changed(kind, since: position ?? 0)
      return SimulatedResponse(
        200, ["value": .array(ids.map { changed(kind, $0, tenant) }), "@odata.deltaLink": end])
    }
  }

  private func changed(_ kind: Tenant.Kind, _ id: String, _ tenant: Tenant) -> JSONValue {
    let isThere = kind == .user ? tenant.users[id] != nil : tenant.groups[id] != nil
    if isThere { return ["id": .string(id)] }
    return ["id": .string(id), "@removed": ["reason": tenant.deleted[id] == nil ? "deleted" : "changed"]]
  }

  // MARK: Pages

  private func page<Row>(
    _ rows: [Row], _ request: SimulatedRequest, _ json: (Row) -> JSONValue
  ) -> SimulatedResponse {
    let size = request.query["$top"].flatMap { Int($0) } ?? storage.withLock { $0.options.pageSize }
    guard (1...999).contains(size) else { return .badRequest }
    let start = request.query["$skiptoken"].flatMap { Int($0) } ?? 0
    var page: JSONValue = ["value": .array(rows.dropFirst(start).prefix(size).map(json))]
    if start + size < rows.count {
      let host = request.headers["host"].map { "http://\($0)" } ?? ""
      let select = request.query["$select"].map { "&$select=\($0)" } ?? ""
      page["@odata.nextLink"] = .string(
        "\(host)\(request.rawPath)?$top=\(size)&$skiptoken=\(start + size)\(select)")
    }
    return SimulatedResponse(200, page)
  }
}

extension SimulatedResponse {
  fileprivate static let notFound = graphError(404, "Request_ResourceNotFound", "The resource does not exist.")
  fileprivate static let badRequest = graphError(400, "Request_BadRequest", "The request is not valid.")
}
