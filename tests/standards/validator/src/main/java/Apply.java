import ca.uhn.fhir.context.FhirContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Resource;
import org.opencds.cqf.fhir.cr.CrSettings;
import org.opencds.cqf.fhir.cr.plandefinition.PlanDefinitionProcessor;
import org.opencds.cqf.fhir.utility.monad.Eithers;
import org.opencds.cqf.fhir.utility.repository.InMemoryFhirRepository;

/**
 * PlanDefinition/$apply of the public clinical-reasoning engine.
 * Usage: java Apply ARTEFACTS.ndjson PLANS.txt BUNDLES.ndjson
 * A line of PLANS belongs to the line of BUNDLES with the same number: ids of plans, with commas between. For each of
 * them a line of the result: the CarePlan as JSON.
 */
public class Apply {
  public static void main(String[] args) throws Exception {
    FhirContext context = FhirContext.forR4();
    CrSettings settings = CrSettings.getDefault(); // one for all: it holds the compiled libraries
    List<Resource> artefacts = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of(args[0]))) artefacts.add((Resource) context.newJsonParser().parseResource(line));
    List<String> plans = Files.readAllLines(Path.of(args[1])), bundles = Files.readAllLines(Path.of(args[2]));
    for (int i = 0; i < bundles.size(); i++) {
      Bundle all = new Bundle().setType(Bundle.BundleType.COLLECTION);
      for (Resource one : artefacts) all.addEntry().setResource(one);
      for (var entry : ((Bundle) context.newJsonParser().parseResource(bundles.get(i))).getEntry()) all.addEntry().setResource(entry.getResource());
      var processor = new PlanDefinitionProcessor(new InMemoryFhirRepository(context, all), settings);
      for (String plan : plans.get(i).split(",")) {
        var id = new IdType("PlanDefinition", plan);
        var made = processor.apply(Eithers.forMiddle3(id), "Patient/woman", null, null, null, null, null, null, null, null);
        System.out.println(context.newJsonParser().encodeResourceToString(made));
      }
    }
  }
}
