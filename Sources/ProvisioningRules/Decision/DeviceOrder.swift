/// The order in which a person's devices are tried, where mappings give some of them a place. In xMatters a device that is put at a place pushes
/// the others on, and a place beyond the end is the end (docs/reference/xmatters-api.md, "Devices").
struct DeviceOrder: Hashable, Sendable {
  /// Everything that will be there, in the order that is wanted.
  let wanted: [String]
  /// How those that are there already come to stand in that order, one move after the other.
  let moves: [Move]

  struct Move: Hashable, Sendable {
    var name: String
    /// 1 is first.
    var place: Int
  }

  /// - Parameters:
  ///   - existing: As they stand now.
  ///   - new: Those that will be made.
  ///   - places: By name; all different. Devices without one fill the rest in the order that they have.
  init(existing: [String], new: [String], places: [String: Int]) {
    wanted = Self.order(existing + new, places)
    let existingWanted = wanted.filter(existing.contains)
    var order = existing
    var moves: [Move] = []
    let placed = existingWanted.indices.filter { places[existingWanted[$0]] != nil }
    while let index = placed.first(where: { order[$0] != existingWanted[$0] }), moves.count < 1000 {
      let name = existingWanted[index]
      order.removeAll { $0 == name }
      order.insert(name, at: index)
      moves.append(Move(name: name, place: index + 1))
    }
    self.moves = moves
  }

  func place(of name: String) -> Int? {
    wanted.firstIndex(of: name).map { $0 + 1 }
  }

  private static func order(_ names: [String], _ places: [String: Int]) -> [String] {
    let placed = names.filter { places[$0] != nil }.sorted { places[$0] ?? 0 < places[$1] ?? 0 }
    var rest = names.filter { places[$0] == nil }
    var order: [String] = []
    for (position, name) in placed.enumerated() {
      // Those that come later need room, too.
      let index = min((places[name] ?? 1) - 1, names.count - (placed.count - position))
      let gap = min(max(index - order.count, 0), rest.count)
      order += rest.prefix(gap)
      rest.removeFirst(gap)
      order.append(name)
    }
    return order + rest
  }
}
