import JSON
import Synchronization

// Groups, their members, and those in the recycle bin.

extension GraphSimulator {
  func groups(_ request: SimulatedRequest) -> SimulatedResponse {
    guard request.path.count > 1 else { return createGroup(request) }
    guard let group = storage.withLock({ $0.tenant.groups[request.path[1].lowercased()] }) else { return .notFound }
    switch (request.method, request.path.dropFirst(2).joined(separator: "/")) {
    case ("GET", ""): return SimulatedResponse(200, json(group, request.query))
    case ("PATCH", ""):
      guard let changes = request.json?.value.object else { return .badRequest }
      change { $0.updateGroup(group.id, changes) }
      return SimulatedResponse(204)
    case ("DELETE", ""):
      change { $0.deleteGroup(group.id) }
      return SimulatedResponse(204)
    case ("GET", "members"), ("GET", "transitiveMembers"):
      let isTransitive = request.path.last == "transitiveMembers"
      let members = storage.withLock { storage in
        storage.tenant.members(of: group.id, transitively: isTransitive)
          // Those in the recycle bin keep their memberships, but are not listed.
          .filter { storage.tenant.users[$0] != nil || storage.tenant.groups[$0] != nil }
          .map { ($0, storage.tenant.groups[$0] != nil) }
      }
      return page(members, request, id: \.0) { id, isGroup in
        ["@odata.type": isGroup ? "#microsoft.graph.group" : "#microsoft.graph.user", "id": .string(id)]
      }
    case ("POST", "members/$ref"):
      guard let member = reference(request) else { return .badRequest }
      guard storage.withLock({ $0.tenant.users[member] != nil || $0.tenant.groups[member] != nil }) else {
        return .notFound
      }
      change { $0.addMember(member, to: group.id) }
      return SimulatedResponse(204)
    case ("DELETE", _) where request.path.count == 5 && request.path[2] == "members":
      let member = request.path[3].lowercased()
      guard group.members.contains(member) else { return .notFound }
      change { $0.removeMember(member, from: group.id) }
      return SimulatedResponse(204)
    default: return .notFound
    }
  }

  private func createGroup(_ request: SimulatedRequest) -> SimulatedResponse {
    guard request.method == "POST", let properties = request.json?.value.object,
      let name = properties["displayName"]?.string
    else { return .badRequest }
    let group = change { $0.createGroup(name, properties) }
    return SimulatedResponse(201, json(group, [:]))
  }

  func deletedGroup(_ group: Tenant.Group, _ request: SimulatedRequest) -> SimulatedResponse {
    switch (request.method, request.path.dropFirst(3).first) {
    case ("GET", nil): return SimulatedResponse(200, json(group, request.query))
    case ("POST", "restore"):
      change { $0.restoreGroup(group.id) }
      return SimulatedResponse(200, json(group, [:]))
    case ("DELETE", nil):
      change { $0.purgeGroup(group.id) }
      return SimulatedResponse(204)
    default: return .notFound
    }
  }

  private func json(_ group: Tenant.Group, _ query: [String: String]) -> JSONValue {
    let selected = query["$select"]?.split(separator: ",").map(String.init)
    var object: [String: JSONValue] = [:]
    for name in selected ?? Self.defaultGroupProperties { object[name] = group.properties[name] ?? .null }
    object["id"] = .string(group.id)
    return .object(object)
  }

  private static let defaultGroupProperties = [
    "displayName", "description", "mailNickname", "mail", "mailEnabled", "securityEnabled", "groupTypes", "visibility",
  ]
}
