import ProvisioningModel
import ProvisioningRules

extension NewPerson {
  /// Nil for a person who is better made alone: without a device, not to be active, or with something that has to be right from
  /// the start is not for a column.
  init?(_ desired: DesiredPerson, catalogue: Catalogue) {
    let wanted = desired.asNew
    func text(_ attribute: TargetAttribute) -> String? { wanted.maintained[attribute]?.text }
    guard let targetName = text(.targetName), let firstName = text(.firstName), let lastName = text(.lastName),
      let siteID = text(.site), let site = catalogue.sites.first(where: { $0.value == siteID })?.key,
      let roles = wanted.maintained[.roles]?.list, !roles.isEmpty,
      // A licence that is not meant should not be taken even for a moment.
      [nil, PersonStatus.active].contains(wanted.maintained[.status]), wanted.maintained[.licenseType] == nil,
      // By what else should the claim find the person?
      desired.matching.contains(where: { $0.attribute == .targetName }),
      let devices = Self.devices(wanted.devices)
    else { return nil }
    self.init(
      targetName: targetName, firstName: firstName, lastName: lastName, site: site, roles: roles, devices: devices)
    guard cells.allSatisfy(\.isPlain) else { return nil }
  }

  private static func devices(_ wanted: [String: DesiredDevice]) -> [Device]? {
    let present = wanted.filter { $0.value.address != nil }
    guard !present.isEmpty, present.values.allSatisfy({ $0.delay ?? 0 == 0 }) else { return nil }
    return present.sorted { ($0.value.sequence ?? .max, $0.key) < ($1.value.sequence ?? .max, $1.key) }.map {
      Device(name: $0.key, address: $0.value.address ?? "")
    }
  }

  private var cells: [String] {
    [targetName, firstName, lastName, site] + roles + devices.flatMap { [$0.name, $0.address] }
  }
}

extension String {
  /// Whether a cell can hold the text: it is not empty, as a blank cell clears, and does not part into several values or lines.
  fileprivate var isPlain: Bool {
    contains { !$0.isWhitespace } && unicodeScalars.allSatisfy { $0 != "|" && $0.value >= 0x20 && $0.value != 0x7f }
  }
}
