import JSON

// How groups, members and shifts look in answers (docs/reference/xmatters-api.md, "Groups and members").

extension Instance {
  func json(_ group: Group, embed: Set<String>) -> JSONValue {
    var object = group.fields
    let observers = object.removeValue(forKey: "observers")
    let criteria = object.removeValue(forKey: "criteria")
    object["id"] = .string(group.id)
    object["recipientType"] = "GROUP"
    object["links"] = link("groups", group.id)
    object["site"] = group.site.map(site)
    if embed.contains("supervisors") {
      object["supervisors"] = list(group.supervisors.compactMap { people[$0] }.map(reference))
    }
    if embed.contains("observers") { object["observers"] = list(observers?.array ?? []) }
    if embed.contains("criteria") { object["criteria"] = criteria }
    return .object(object)
  }

  func json(_ shift: Shift, of group: Group) -> JSONValue {
    [
      "id": .string(shift.id), "name": .string(shift.name), "group": reference(.group(group)),
      "links": ["self": .string("/api/xm/1/groups/\(group.id)/shifts/\(shift.id)")],
    ]
  }

  /// A row of the members of a group, and of the groups of a member.
  func membership(_ recipient: Recipient, of group: Group, embedsShifts: Bool) -> JSONValue {
    var row: JSONValue = ["group": reference(.group(group)), "member": reference(recipient)]
    if embedsShifts {
      let shifts = group.shifts.filter { $0.members.contains { $0.recipient == recipient.id } }
      row["shifts"] = list(shifts.map { json($0, of: group) })
    }
    return row
  }

  func name(of recipient: Recipient) -> String {
    switch recipient {
    case .person(let person): person.targetName
    case .group(let group): group.name
    case .device(let device): "\(people[device.owner]?.targetName ?? "")|\(device.name)"
    }
  }

  func reference(_ recipient: Recipient) -> JSONValue {
    switch recipient {
    case .person(let person): return reference(person)
    case .device(let device): return json(device)
    case .group(let group):
      return [
        "id": .string(group.id), "targetName": .string(group.name), "recipientType": "GROUP",
        "groupType": .string(group.type), "links": link("groups", group.id),
      ]
    }
  }
}
