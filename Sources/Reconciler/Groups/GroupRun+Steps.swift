import ProvisioningModel
import ProvisioningRules

// The details of a group's steps, which are told on demand.

extension GroupRun {
  mutating func noteImport(_ source: DirectoryGroup) {
    var details: [String: String] = [:]
    if isOnDemand {
      details = source.attributes.mapValues(\.logText)
      details["objectId"] = source.id.rawValue
      details["members"] = "\(source.members.count)"
    }
    noteImport("Read from the directory, with \(source.members.count) direct members.", details: details)
  }

  mutating func noteLinked() {
    noteMatching("Linked since it was first provisioned.", details: matchingDetails)
  }

  var matchingDetails: [String: String] {
    var details: [String: String] = [:]
    if isOnDemand {
      details["targetName"] = group?.name
      details["groupId"] = group?.id.rawValue
    }
    return details
  }

  /// Everything that the group ought to be; members by their number, and how many of them are not provisioned.
  func details(of desired: DesiredGroup) -> [String: String] {
    guard isOnDemand else { return [:] }
    var details = Dictionary(uniqueKeysWithValues: desired.attributes.map { ($0.key.rawValue, $0.value) })
    details["groupType"] = desired.kind.rawValue
    details["members"] = "\(desired.membership.people.count)"
    details["membersNotProvisioned"] = "\(desired.membership.awaited.count)"
    return details
  }
}
