import JSON
import Synchronization

// The resources of the directory: users, groups, the application, the recycle bin.

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
      let isTaken = isPrincipalNameTaken(changes, besides: user.id)
      guard !isTaken else { return .conflictingName }
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
      guard let manager = reference(request) else { return .badRequest }
      guard storage.withLock({ $0.tenant.users[manager] != nil }) else { return .notFound }
      change { $0.setManager(manager, of: user.id) }
      return SimulatedResponse(204)
    case ("DELETE", "manager/$ref"):
      change { $0.setManager(nil, of: user.id) }
      return SimulatedResponse(204)
    default: return .notFound
    }
  }

  /// The id in the link of a `$ref` request.
  func reference(_ request: SimulatedRequest) -> String? {
    request.json?["@odata.id"]?.string?.split(separator: "/").last?.lowercased()
  }

  private func createUser(_ request: SimulatedRequest) -> SimulatedResponse {
    guard let properties = request.json?.value.object, properties["userPrincipalName"]?.string != nil else {
      return .badRequest
    }
    guard !isPrincipalNameTaken(properties, besides: nil) else { return .conflictingName }
    let user = change { $0.createUser(properties) }
    return SimulatedResponse(201, json(user, [:]))
  }

  private func isPrincipalNameTaken(_ properties: [String: JSONValue], besides id: String?) -> Bool {
    guard let name = properties["userPrincipalName"]?.string else { return false }
    return storage.withLock { $0.tenant.user(name).map { $0.id != id } ?? false }
  }

  private func listUsers(_ request: SimulatedRequest) -> SimulatedResponse {
    let ids = storage.withLock { $0.tenant.userOrder }
    return page(ids, request, id: { $0 }) { id in
      storage.withLock { $0.tenant.users[id] }.map { json($0, request.query) }
    }
  }

  private func json(_ user: Tenant.User, _ query: [String: String]) -> JSONValue {
    var object: [String: JSONValue] = [:]
    let selected = query["$select"]?.split(separator: ",").map(String.init)
    for name in selected ?? Self.defaultProperties { object[name] = user.properties[name] ?? .null }
    object["id"] = .string(user.id)
    if query["$expand"]?.hasPrefix("manager") ?? false, let manager = user.manager,
      storage.withLock({ $0.tenant.users[manager] != nil })
    {
      object["manager"] = ["@odata.type": "#microsoft.graph.user", "id": .string(manager)]
    }
    return .object(object)
  }

  /// What Graph returns without `$select` (docs/reference/microsoft-graph.md, "User properties").
  private static let defaultProperties = [
    "businessPhones", "displayName", "givenName", "jobTitle", "mail", "mobilePhone", "officeLocation",
    "preferredLanguage",
    "surname", "userPrincipalName",
  ]

  private func getByIDs(_ request: SimulatedRequest) -> SimulatedResponse {
    guard let ids = request.json?["ids"], ids.count <= 1000 else { return .badRequest }
    let types = request.json?["types"].map { $0.elements.compactMap(\.string) } ?? ["user", "group"]
    let found = ids.elements.compactMap(\.string).compactMap { id -> JSONValue? in
      let (user, group) = storage.withLock { ($0.tenant.user(id), $0.tenant.groups[id.lowercased()]) }
      if let user, types.contains("user") {
        var row = json(user, request.query)
        row["@odata.type"] = "#microsoft.graph.user"
        return row
      }
      guard let group, types.contains("group") else { return nil }
      return [
        "@odata.type": "#microsoft.graph.group", "id": .string(group.id), "displayName": .string(group.displayName),
      ]
    }
    return SimulatedResponse(200, ["value": .array(found)])
  }

  private func deletedItems(_ request: SimulatedRequest) -> SimulatedResponse {
    guard request.path.count >= 3, request.path[1] == "deletedItems" else { return .notFound }
    let id = request.path[2].lowercased()
    if let group = storage.withLock({ $0.tenant.deletedGroups[id] }) { return deletedGroup(group, request) }
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

  // MARK: The application

  private func servicePrincipals(_ request: SimulatedRequest) -> SimulatedResponse {
    let (servicePrincipalID, applicationID, roles) = storage.withLock { storage in
      (storage.tenant.servicePrincipalID, storage.tenant.applicationID, storage.tenant.roles)
    }
    let name = request.path[0] == "servicePrincipals" ? request.path.dropFirst().first ?? "" : request.path[0]
    let known = [servicePrincipalID, "servicePrincipals(appId='\(applicationID)')"]
    guard known.contains(name) else { return .notFound }
    let rest = Array(request.path.drop { $0 != name }.dropFirst())
    switch (request.method, rest.first, rest.count) {
    case ("GET", nil, _):
      return SimulatedResponse(
        200,
        [
          "id": .string(servicePrincipalID), "appId": .string(applicationID), "displayName": "xMatters",
          "appRoleAssignmentRequired": true, "accountEnabled": true,
          "appRoles": .array(
            roles.map {
              [
                "id": .string($0.id), "value": .string($0.value), "displayName": .string($0.displayName),
                "isEnabled": true,
                "allowedMemberTypes": ["User"],
              ]
            }),
        ])
    case ("GET", "appRoleAssignedTo", 1):
      let assignments = storage.withLock { $0.tenant.assignments }
      return page(assignments, request, id: \.id) { json($0, servicePrincipalID) }
    case ("POST", "appRoleAssignedTo", 1):
      guard let body = request.json, let principal = body["principalId"]?.string?.lowercased(),
        let role = body["appRoleId"]?.string?.lowercased(),
        role == Tenant.defaultAccess || roles.contains(where: { $0.id == role })
      else {
        return .badRequest
      }
      guard storage.withLock({ $0.tenant.users[principal] != nil || $0.tenant.groups[principal] != nil }) else {
        return .notFound
      }
      var assignment: Tenant.Assignment?
      changeAssignment(of: principal) { assignment = $0.assign(principal, role: role) }
      return SimulatedResponse(201, assignment.map { json($0, servicePrincipalID) })
    case ("DELETE", "appRoleAssignedTo", 2):
      let assignment = storage.withLock { storage in storage.tenant.assignments.first { $0.id == rest[1] } }
      guard let assignment else { return .notFound }
      changeAssignment(of: assignment.principal) { _ = $0.unassign(assignment.id) }
      return SimulatedResponse(204)
    default: return .notFound
    }
  }

  private func json(_ assignment: Tenant.Assignment, _ servicePrincipalID: String) -> JSONValue {
    [
      "id": .string(assignment.id), "principalId": .string(assignment.principal),
      "principalType": .string(assignment.principalType), "appRoleId": .string(assignment.role),
      "resourceId": .string(servicePrincipalID), "resourceDisplayName": "xMatters", "deletedDateTime": nil,
    ]
  }

  // MARK: Pages

  /// A page begins after the row that the last one ended with; when that row is gone, so is the place (docs/reference/microsoft-graph.md,
  /// "Lists and pages").
  /// - Parameter json: Nil leaves a row out.
  func page<Row>(
    _ rows: [Row], _ request: SimulatedRequest, id: (Row) -> String, _ json: (Row) -> JSONValue?
  ) -> SimulatedResponse {
    let size = request.query["$top"].flatMap { Int($0) } ?? storage.withLock { $0.options.pageSize }
    guard (1...999).contains(size) else { return .badRequest }
    var next = 0
    if let token = request.query["$skiptoken"] {
      guard let last = Self.place(token, rows, id) else {
        return .graphError(400, "Directory_ExpiredPageToken", "The specified page token value has expired.")
      }
      next = last + 1
    }
    var shown: [JSONValue] = []
    while shown.count < size, next < rows.count {
      if let row = json(rows[next]) { shown.append(row) }
      next += 1
    }
    var page: JSONValue = ["value": .array(shown)]
    if next < rows.count {
      let host = request.headers["host"].map { "http://\($0)" } ?? ""
      var query = request.query
      query["$top"] = String(size)
      query["$skiptoken"] = "\(next - 1).\(id(rows[next - 1]))"
      let fields = query.sorted { $0.key < $1.key }.map { "\($0.key)=\(PercentEncoding.text($0.value))" }
      page["@odata.nextLink"] = .string("\(host)\(request.rawPath)?\(fields.joined(separator: "&"))")
    }
    return SimulatedResponse(200, page)
  }

  /// Where the row of a token is now; mostly where it was.
  private static func place<Row>(_ token: String, _ rows: [Row], _ id: (Row) -> String) -> Int? {
    let parts = token.split(separator: ".")
    guard parts.count == 2, let index = Int(parts[0]) else { return nil }
    if rows.indices.contains(index), id(rows[index]) == parts[1] { return index }
    return rows.firstIndex { id($0) == parts[1] }
  }
}

extension SimulatedResponse {
  static let notFound = graphError(404, "Request_ResourceNotFound", "The resource does not exist.")
  fileprivate static let conflictingName = graphError(
    400, "Request_BadRequest", "Another object with the same value for property userPrincipalName already exists.")
  static let badRequest = graphError(400, "Request_BadRequest", "The request is not valid.")
}
