import JSON

// `/groups` and what is below it (docs/reference/xmatters-api.md, "Operations"; docs/reference/xmatters-api.md, "Groups and members").

extension XMattersSimulator {
  func changeGroups(_ request: SimulatedRequest) -> SimulatedResponse {
    let path = request.path
    switch (request.method, path.count, path.count > 2 ? path[2] : "") {
    case ("POST", 1, _): return writeGroup(request)
    case ("DELETE", 2, _): return deleteGroup(request)
    case ("POST", 3, "members"): return addMember(request)
    case ("DELETE", 4, "members"): return removeMember(request)
    case ("POST", 3, "shifts"): return writeShift(request)
    case ("DELETE", 4, "shifts"): return deleteShift(request)
    case ("POST", 5, "shifts"): return addShiftMember(request)
    default: return .refusal(404, "Unknown resource")
    }
  }

  func getGroups(_ request: SimulatedRequest, _ instance: Instance) -> SimulatedResponse {
    let path = request.path
    if path.count == 1 { return listGroups(request, instance) }
    if path.count == 2, path[1] == "license-quotas" { return quotas(instance) }
    guard let group = instance.group(path[1]) else {
      return .refusal(404, "Could not find a group with id \(path[1])")
    }
    let shift = path.count > 3 ? group.shift(path[3]) : nil
    switch (path.count, path.count > 2 ? path[2] : "", shift) {
    case (2, _, _): return SimulatedResponse(200, instance.json(group, embed: embed(request)))
    case (3, "supervisors", _):
      return page(group.supervisors.compactMap { instance.people[$0] }, request) { instance.json($0, embed: []) }
    case (3, "members", _):
      let embedsShifts = embed(request).contains("shifts")
      return page(members(of: group, instance, request), request) {
        instance.membership($0, of: group, embedsShifts: embedsShifts)
      }
    case (3, "shifts", _): return page(group.shifts, request) { instance.json($0, of: group) }
    case (4, "shifts", let shift?): return SimulatedResponse(200, instance.json(shift, of: group))
    case (5, "shifts", let shift?) where path[4] == "members":
      return page(shift.members, request) { member in
        var row = member.fields
        row["recipient"] = instance.recipient(member.recipient).map(instance.reference) ?? .null
        return .object(row)
      }
    default: return .refusal(404, "Could not find what was asked for")
    }
  }

  private func members(
    of group: Instance.Group, _ instance: Instance, _ request: SimulatedRequest
  ) -> [Instance.Recipient] {
    let members = group.members.compactMap(instance.recipient)
    guard request.query["sortBy"] == "NAME" else { return members }
    let sorted = members.sorted { instance.name(of: $0) < instance.name(of: $1) }
    return request.query["sortOrder"] == "DESCENDING" ? sorted.reversed() : sorted
  }

  // MARK: Groups

  private func listGroups(_ request: SimulatedRequest, _ instance: Instance) -> SimulatedResponse {
    let query = GroupQuery(request.query)
    let embed = embed(request)
    return page(query.sorted(instance.groups.filter { query.includes($0, instance) }), request) {
      instance.json($0, embed: embed)
    }
  }

  private func writeGroup(_ request: SimulatedRequest) -> SimulatedResponse {
    attempt(request) { (body, instance) throws(Instance.Refusal) in
      try instance.writeGroup(body)
    } answer: {
      written in
      tell(.group(written.group, written.isNew ? .created : .modified))
      return SimulatedResponse(written.isNew ? 201 : 200, read { $0.json(written.group, embed: []) })
    }
  }

  private func deleteGroup(_ request: SimulatedRequest) -> SimulatedResponse {
    guard let group = change({ $0.deleteGroup(request.path[1]) }) else { return SimulatedResponse(204) }
    tell(.group(group, .deleted))
    return SimulatedResponse(200, read { $0.json(group, embed: []) })
  }

  private func quotas(_ instance: Instance) -> SimulatedResponse {
    let active = Int64(instance.groups.count { $0.status == "ACTIVE" })
    return SimulatedResponse(
      200,
      [
        "groupQuotaEnabled": true,
        "groups": ["total": .integer(active + 1000), "active": .integer(active), "unused": 1000],
      ])
  }

  // MARK: Members

  private func addMember(_ request: SimulatedRequest) -> SimulatedResponse {
    let options = options
    return attempt(request) { (body, instance) throws(Instance.Refusal) in
      try instance.addMember(body, to: request.path[1])
    } answer: { group, recipient, isNew in
      if !isNew, options.refusesRepeatedMembers { return .refusal(409, "The recipient is a member already") }
      let (name, reference) = read { ($0.name(of: recipient), $0.reference(recipient)) }
      if isNew { tell(.group(group, .added(name))) }
      return SimulatedResponse(options.memberStatus, reference)
    }
  }

  private func removeMember(_ request: SimulatedRequest) -> SimulatedResponse {
    guard let (group, recipient) = change({ $0.removeMember(request.path[3], from: request.path[1]) }) else {
      return SimulatedResponse(204)
    }
    let (name, reference) = read { ($0.name(of: recipient), $0.reference(recipient)) }
    tell(.group(group, .removed(name)))
    return SimulatedResponse(200, reference)
  }

  func memberships(
    _ person: Instance.Person, _ request: SimulatedRequest, _ instance: Instance
  ) -> SimulatedResponse {
    let embedsShifts = embed(request).contains("shifts")
    return page(instance.groups.filter { $0.members.contains(person.id) }, request) {
      instance.membership(.person(person), of: $0, embedsShifts: embedsShifts)
    }
  }

  // MARK: Shifts

  private func writeShift(_ request: SimulatedRequest) -> SimulatedResponse {
    attempt(request) { (body, instance) throws(Instance.Refusal) in
      try instance.writeShift(body, of: request.path[1])
    } answer: { written in
      SimulatedResponse(written.isNew ? 201 : 200, read { $0.json(written.shift, of: written.group) })
    }
  }

  private func deleteShift(_ request: SimulatedRequest) -> SimulatedResponse {
    guard let group = read({ $0.group(request.path[1]) }),
      let shift = change({ $0.deleteShift(request.path[3], of: request.path[1]) })
    else {
      return SimulatedResponse(204)
    }
    return SimulatedResponse(200, read { $0.json(shift, of: group) })
  }

  private func addShiftMember(_ request: SimulatedRequest) -> SimulatedResponse {
    guard request.path[4] == "members" else { return .refusal(404, "Unknown resource") }
    return attempt(request) { (body, instance) throws(Instance.Refusal) in
      try instance.addShiftMember(body, to: request.path[3], of: request.path[1])
    } answer: { recipient, fields in
      var row = fields
      row["recipient"] = read { $0.reference(recipient) }
      return SimulatedResponse(200, .object(row))
    }
  }

  // MARK: Parts

  /// Everything about every group, for comparing.
  func groupDump() -> SimulatedResponse {
    let instance = instance
    let rows = instance.groups.map { group -> JSONValue in
      var row = instance.json(group, embed: ["supervisors"])
      row["members"] = .array(group.members.compactMap(instance.recipient).map(instance.reference))
      row["shifts"] = .array(group.shifts.map { instance.json($0, of: group) })
      return row
    }
    return SimulatedResponse(200, ["data": .array(rows)])
  }

  private func attempt<Answer: Sendable>(
    _ request: SimulatedRequest, _ write: (JSON, inout Instance) throws(Instance.Refusal) -> Answer,
    answer: (Answer) -> SimulatedResponse
  ) -> SimulatedResponse {
    guard let body = request.json else { return .refusal(400, "The body is not JSON") }
    let result = change { instance in
      Result { () throws(Instance.Refusal) in try write(body, &instance) }
    }
    switch result {
    case .success(let written): return answer(written)
    case .failure(let refusal): return .refusal(refusal.status, refusal.message)
    }
  }
}
